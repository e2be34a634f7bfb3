// What the networks see in a photo, and what of it is to be hidden.

import { guesses } from "./bars.js";
import { drawer, h } from "./dom.js";
import { willKeep } from "./kept.js";
import { canHide, keeps } from "./settings.js";
import { changed } from "./store.js";
import { listed, percent, uncertainty } from "./words.js";

/** A sentence on what they agree about. */
export function headline(looked, verb) {
  const firsts = new Map();
  for (const { name, top5 } of looked.models) {
    const label = top5[0]?.label ?? "nothing";
    firsts.set(label, [...(firsts.get(label) ?? []), name]);
  }
  const [[label, names]] = firsts;
  if (firsts.size === 1 && names.length > 1) return [`All ${names.length} networks ${verb}: `, h("b", {}, label), "."];
  const told = [...firsts].flatMap(([first, who], index) => [index ? "; " : "", `${listed(who)}: `, h("b", {}, first)]);
  return [verb === "saw" ? "The networks saw, " : "The networks see, ", ...told, "."];
}

/** Every network with its best five guesses. */
export function seen(looked) {
  const one = (model) =>
    h(
      "section",
      { class: "network" },
      h("h4", {}, model.name, model.role === "held-out" ? h("span", { class: "role held-out" }, "not used") : null),
      guesses(model.top5),
      h("p", { class: "ice" }, uncertainty(model.ice, model.classes)),
    );
  return h("div", { class: "networks" }, looked.models.map(one));
}

/** What the file tells beside its pixels. */
export function metadata(looked) {
  if (!looked.metadata.length) return null;
  return h("p", { class: "tells" }, "The file also tells: ", h("b", {}, listed(looked.metadata)), `. ${willKeep(looked.metadata, keeps())}`);
}

/** The labels that can be ticked, so that only these are hidden. */
export function choiceToHide(photo) {
  const best = new Map();
  for (const { label, probability } of photo.looked.models.flatMap((model) => model.top5)) {
    best.set(label, Math.max(probability, best.get(label) ?? 0));
  }
  const labels = [...best].sort((first, second) => second[1] - first[1]).map(([label]) => label);
  const able = canHide();
  const legend = able
    ? "Tick what is to be hidden. Where nothing is ticked, whatever the networks see is. A photo in which nothing of what " +
      "you tick is seen is left untouched."
    : "The way that you have chosen cannot hide named things, only whatever the networks see. Perturb and Crop can.";
  const fields = h(
    "fieldset",
    { class: "hide", disabled: !able },
    h("legend", {}, legend),
    h(
      "div",
      { class: "ticks-to-hide" },
      labels.map((label) => tick(photo, label, best.get(label))),
    ),
    otherThings(photo),
  );
  const count = photo.hide.size + (photo.other.trim() ? 1 : 0);
  return drawer(photo.open, "hide", count && able ? `Hide only: ${named(photo)}` : "Hide only certain things", fields);
}

function named(photo) {
  return listed([...photo.hide, ...(photo.other.trim() ? [photo.other.trim()] : [])]);
}

function tick(photo, label, probability) {
  const box = h("input", { type: "checkbox", "data-focus": `tick-${label}` });
  box.checked = photo.hide.has(label);
  box.addEventListener("change", () => {
    if (box.checked) photo.hide.add(label);
    else photo.hide.delete(label);
    changed(photo);
  });
  return h("label", { class: "tick" }, box, ` ${label} `, h("small", {}, percent(probability)));
}

function otherThings(photo) {
  const input = h("input", {
    type: "text",
    placeholder: "such as cat, dog",
    "data-focus": "other",
    value: photo.other,
  });
  input.addEventListener("change", () => {
    photo.other = input.value;
    changed(photo);
  });
  return h("label", { class: "field" }, h("span", { class: "field-name" }, "Others"), input);
}
