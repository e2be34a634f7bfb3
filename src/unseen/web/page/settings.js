// What the person wants: strength, way and all that is behind "Advanced", as the query of a request.

import { drawFields } from "./advanced.js";
import { find, h } from "./dom.js";
import { changed, hidden } from "./store.js";
import { testedInWords } from "./tested.js";
import { capitalised, counted } from "./words.js";

const LANES = "4";

/** Way and levels as they are chosen; `own`, `roles`, `file` hold only what differs from the server's own choice. */
const chosen = { levels: 8, picture: "", noise: "shield", own: {}, roles: {}, file: {} };
let offer = null;

/** Watch the controls; those that need the server's word come with `offered`. */
export function watchSettings() {
  const levels = find("#levels");
  levels.addEventListener("input", () => {
    chosen.levels = levels.valueAsNumber;
    refresh();
  });
  find("#ways").addEventListener("change", (event) => {
    const { picture, noise } = event.target.dataset;
    if (noise === undefined) return;
    Object.assign(chosen, { picture: picture ?? "", noise });
    refresh();
  });
  find("#settings").addEventListener("submit", (event) => event.preventDefault());
  refresh();
}

/** Take in what the server offers. */
export function offered(given) {
  offer = given;
  refresh();
}

/** The query of a request that protects a photo, alone or as one of several. */
export function queryFor(photo, together) {
  const query = new URLSearchParams({ name: photo.name, scheme: way() });
  if (hasStrength()) query.set("epsilon", chosen.levels);
  for (const name of canHide() ? hidden(photo) : []) query.append("hide", name);
  if (Object.keys(chosen.roles).length) addNetworks(query);
  for (const [name, value] of Object.entries({ ...ownSettings(), ...chosen.file })) query.set(name, value);
  if (together) query.set("lanes", LANES);
  return query;
}

/** What is to be kept of what a file tells beside its pixels, such as "date,copyright". */
export function keeps() {
  return chosen.file.keep ?? "";
}

/** Whether what is chosen can hide things by name; until the server has told, nobody says that it cannot. */
export function canHide() {
  if (offer === null) return true;
  const noise = parts().find((scheme) => scheme.name === chosen.noise);
  const first = parts().find((scheme) => scheme.name === chosen.picture);
  return Boolean(noise?.hides) && first?.kind !== "noise";
}

/** The scheme that is chosen, as the command names it. */
function way() {
  return [chosen.picture, chosen.noise].filter(Boolean).join("+");
}

/** What the server says of the schemes that are chosen. */
function parts() {
  return (offer?.schemes ?? []).filter((scheme) => [chosen.picture, chosen.noise].includes(scheme.name));
}

function hasStrength() {
  return offer === null || parts().some((scheme) => scheme.has_strength);
}

/** The settings that were typed for schemes that are still chosen. */
function ownSettings() {
  const known = parts().flatMap((scheme) => scheme.settings.map((setting) => setting.name));
  return Object.fromEntries(Object.entries(chosen.own).filter(([name]) => known.includes(name)));
}

function addNetworks(query) {
  const roleOf = (model) => chosen.roles[model.name] ?? model.role;
  const named = (role) => offer.models.filter((model) => roleOf(model) === role).map((model) => model.name);
  for (const name of named("surrogate")) query.append("model", name);
  const judges = named("held-out");
  for (const name of judges.length ? judges : [""]) query.append("audit-model", name);
}

/** Bring all controls to what is chosen, and tell the photos. */
function refresh() {
  showDial();
  showWays();
  if (offer) drawFields(find("#advanced-fields"), { offer, chosen, parts: parts(), refresh, tell: () => changed() });
  changed();
}

function showDial() {
  const levels = find("#levels");
  find("#dial").disabled = !hasStrength();
  levels.value = chosen.levels;
  levels.setAttribute("aria-valuetext", `${counted(chosen.levels, "level")}, ${strengthOf(chosen.levels)}`);
  const meaning = hasStrength()
    ? strengthInWords(chosen.levels)
    : ["This way has no strength: it decides itself how much it changes."];
  find("#levels-meaning").replaceChildren(...meaning);
}

function strengthOf(levels) {
  if (levels < 4) return "very low";
  if (levels < 8) return levels === 4 ? "low" : "between low and medium";
  return levels === 16 ? "high" : levels === 8 ? "medium" : "between medium and high";
}

const MEANINGS = [
  [16, "Hard to miss in skies and skin, and protects best."],
  [8, "Looks nearly the same at normal size; who looks closely may see it in smooth areas."],
  [4, "Hardly to be seen, and protects less."],
  [0, "Not to be seen, and protects least."],
];

/** What so many levels look like and, for the usual way, what they did in our tests. */
function strengthInWords(levels) {
  const [from, looks] = MEANINGS.find(([limit]) => levels >= limit);
  const title = h("b", {}, `${capitalised(strengthOf(levels))}: ${levels} of 255 levels.`);
  const tested = chosen.noise === "shield" && chosen.picture === "" && from > 0 ? ` ${testedInWords(from)}` : "";
  return [title, ` ${looks}${tested}`];
}

/** Choose the named way that is the same as the two parts, or show that it is the person's own. */
function showWays() {
  const radios = [...document.querySelectorAll("#ways input[data-noise]")];
  const same = (radio) => (radio.dataset.picture ?? "") === chosen.picture && radio.dataset.noise === chosen.noise;
  const named = radios.find(same);
  const own = find("#own-way");
  own.hidden = Boolean(named);
  find("#own-way-name").textContent = way();
  find("input", own).checked = !named;
  if (named) named.checked = true;
  const known = new Set((offer?.schemes ?? []).map((scheme) => scheme.name));
  for (const radio of offer ? radios : []) {
    const lacks = [radio.dataset.picture, radio.dataset.noise].some((name) => name && !known.has(name));
    radio.closest("label").hidden = lacks;
  }
}
