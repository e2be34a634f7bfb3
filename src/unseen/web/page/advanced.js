// The drawer for the rest, made from what the server offers: any scheme with its settings, networks, the copies' files.

import { fill, h } from "./dom.js";
import { capitalised } from "./words.js";

const ROLES = [
  ["surrogate", "protect against it"],
  ["held-out", "only judge"],
  ["out", "leave out"],
];
const FORMATS = [
  ["", "as the original"],
  ["jpeg", "JPEG"],
  ["png", "PNG"],
  ["webp", "WebP"],
];
const KEPT = [
  ["date", "date"],
  ["copyright", "copyright and author"],
  ["all", "all, but embedded pictures"],
];

/** Draw all fields. `context`: offer, chosen, parts (of the way), refresh (the way changed), tell (a value did). */
export function drawFields(place, context) {
  fill(
    place,
    wayFields(context),
    ...context.parts.map((scheme) => schemeFields(scheme, context)),
    networkFields(context),
    fileFields(context),
  );
}

function wayFields({ offer, chosen, refresh }) {
  const first = offer.schemes.filter((scheme) => scheme.kind !== "noise" || scheme.name === "enhance");
  const noises = offer.schemes.filter((scheme) => scheme.kind === "noise");
  const other = { picture: "noise", noise: "picture" };
  const pick = (part, schemes, none) =>
    select(part, [["", none], ...schemes.map((scheme) => [scheme.name, scheme.name])], chosen[part], (value) => {
      if (!value && !chosen[other[part]]) chosen[other[part]] = offer.default;
      chosen[part] = value;
      refresh();
    });
  return h(
    "fieldset",
    {},
    h("legend", {}, "Any way"),
    field("First", pick("picture", first, "nothing")),
    field(
      "Then",
      pick(
        "noise",
        noises.filter((scheme) => scheme.name !== chosen.picture),
        "no noise",
      ),
    ),
  );
}

/** One number or word a setting; what is left empty is the default. */
function schemeFields(scheme, { chosen, tell }) {
  const about = h("p", { class: "quiet small" }, scheme.about);
  const inputs = scheme.settings.map((setting) => {
    const unit = setting.unit ? `, in ${setting.unit}` : "";
    const usual = setting.default === null ? "by itself" : String(setting.default);
    return field(setting.name, typed(setting, chosen.own, usual, tell), `${capitalised(setting.meaning)}${unit}.`);
  });
  return h("fieldset", {}, h("legend", {}, `Settings of ${scheme.name}`), about, inputs);
}

function typed(setting, values, usual, tell) {
  const kinds = {
    integer: { type: "number", step: 1 },
    number: { type: "number", step: "any" },
    string: { type: "text" },
  };
  const name = setting.name;
  const input = h("input", {
    ...kinds[setting.type],
    placeholder: usual,
    value: values[name] ?? "",
    "data-focus": name,
  });
  input.addEventListener("input", () => {
    if (input.value.trim() === "") delete values[name];
    else values[name] = input.value.trim();
    tell();
  });
  return input;
}

function networkFields({ offer, chosen, tell }) {
  const rows = offer.models.map((model) => {
    const set = (value) => {
      if (value === model.role) delete chosen.roles[model.name];
      else chosen.roles[model.name] = value;
      tell();
    };
    const told = `Names ${model.classes} things. ${model.licence ? `Licence: ${model.licence}.` : ""}`;
    return field(model.name, select(`role-${model.name}`, ROLES, chosen.roles[model.name] ?? model.role, set), told);
  });
  return h("fieldset", {}, h("legend", {}, "Networks"), rows);
}

function fileFields({ chosen, tell }) {
  const { file } = chosen;
  const set = (name) => (value) => {
    if (value === "") delete file[name];
    else file[name] = value;
    tell();
  };
  const number = { type: "integer" };
  return h(
    "fieldset",
    {},
    h("legend", {}, "The copies"),
    field("Format", select("format", FORMATS, file.format ?? "", set("format"))),
    field(
      "Quality",
      typed({ ...number, name: "quality" }, file, "the original’s", tell),
      "1 to 100, of JPEG and WebP.",
    ),
    field("Keep in the file", keptFields(file, set("keep"))),
    field(
      "Seed",
      typed({ ...number, name: "seed" }, file, "0", tell),
      "Decides random choices; the same seed gives the same copy.",
    ),
  );
}

function keptFields(file, set) {
  return select(
    "keep",
    [["", "nothing: place, camera and all else go"], ...KEPT, ["date,copyright", "date, copyright and author"]],
    file.keep ?? "",
    set,
  );
}

function select(name, options, value, act) {
  const made = h(
    "select",
    { "data-focus": name },
    options.map(([key, words]) => h("option", { value: key }, words)),
  );
  made.value = value;
  made.addEventListener("change", () => act(made.value));
  return made;
}

function field(name, input, told = "") {
  return h(
    "label",
    { class: "field" },
    h("span", { class: "field-name" }, name),
    input,
    told ? h("small", {}, told) : null,
  );
}
