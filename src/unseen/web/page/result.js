// What came of a photo: pictures to compare, verdicts, bars before and after, what sharing does, and the limits.

import { fall, guesses } from "./bars.js";
import { button, drawer, h } from "./dom.js";
import { saveReports } from "./download.js";
import { removedInWords } from "./kept.js";
import { copyName } from "./names.js";
import { pictures } from "./pictures.js";
import { trying } from "./trying.js";
import * as verdicts from "./verdicts.js";
import { capitalised, listed, percent, uncertainty } from "./words.js";

/** All of a result below the photo's heading. */
export function result(photo, { isAlone }) {
  const { row, settings } = photo.result;
  photo.open.guesses ??= isAlone;
  photo.open.shared ??= isAlone;
  return [
    h("p", {}, verdicts.statusInWords(row, settings)),
    photo.result.photo ? pictures(photo) : null,
    row.change ? h("p", { class: "quality" }, verdicts.qualityInWords(row.change)) : null,
    networks(photo),
    shared(photo),
    facts(photo),
    h("p", { class: "quiet small" }, verdicts.LIMITS, " ", moreOf(photo)),
  ];
}

/** The way to all the rest: the report on this photo. */
function moreOf(photo) {
  const act = () => trying(() => saveReports([photo]), "Making the report …");
  return button("The report tells more.", act, { class: "link", "aria-label": `The report tells more: ${photo.name}` });
}

function networks(photo) {
  const { row, settings } = photo.result;
  if (!row.models.length) return null;
  const untouched = row.status === "untouched";
  return [
    h(
      "ul",
      { class: "falls" },
      row.models.map((model) => fallOf(model, row, settings)),
    ),
    untouched
      ? null
      : drawer(
          photo.open,
          "guesses",
          "All guesses, before and after",
          row.models.map((model) => readings(model, row, settings, photo)),
        ),
  ];
}

/** A network in a line: its name and part, its verdict, and the chance before and now. */
function fallOf(model, row, settings) {
  const name = verdicts.verdict(model, settings);
  const found = verdicts.chances(model, settings);
  const untouched = row.status === "untouched";
  const what = verdicts.hides(settings) ? verdicts.measured(settings) : `“${model.reference}”`;
  const now = untouched ? "" : [" → ", h("b", {}, percent(found?.[1]))];
  return h(
    "li",
    {},
    h(
      "span",
      { class: "who" },
      h("b", {}, model.name),
      " ",
      h("span", { class: `role ${model.role}` }, verdicts.role(model, settings, row.status)),
    ),
    untouched ? null : h("span", { class: `outcome ${name}` }, verdicts.verdictInWords(name)),
    found ? fall(found[0], untouched ? found[0] : found[1]) : null,
    found
      ? h("span", { class: "what" }, `${what}: ${percent(found[0])}`, now)
      : h("span", { class: "what" }, "knows no such thing"),
  );
}

function readings(model, row, settings, photo) {
  const marked = verdicts.marked(model, settings);
  const remark = verdicts.hides(settings) ? "to be hidden" : "true answer";
  const classes = photo.looked?.models.find((one) => one.name === model.name)?.classes ?? 1000;
  const one = (title, reading, chance) =>
    h(
      "div",
      {},
      h("h5", {}, title),
      guesses(reading.top5, marked, remark),
      absent(reading, marked, chance, settings),
      h("p", { class: "ice" }, uncertainty(reading.ice, classes)),
    );
  const [before, after] = verdicts.chances(model, settings) ?? [null, null];
  return h(
    "section",
    { class: "network" },
    h(
      "h4",
      {},
      model.name,
      " ",
      h("span", { class: `role ${model.role}` }, verdicts.role(model, settings, row.status)),
    ),
    h("div", { class: "readings" }, one("Before", model.before, before), one("After", model.after, after)),
  );
}

function absent(reading, marked, chance, settings) {
  if (chance === null || reading.top5.some((guess) => marked.includes(guess.label))) return null;
  const what = verdicts.hides(settings) ? "None of what is to be hidden is" : "True answer not";
  return h("p", { class: "ice" }, `${what} among them: ${percent(chance)}.`);
}

/** What networks that had no part say once original and copy are shared. */
function shared(photo) {
  const found = verdicts.looks(photo.result.row, photo.result.report.presets);
  if (!found.length) return null;
  const rows = found.map((look) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, capitalised(look.way)),
      h("td", {}, look.network),
      h("td", { "data-heading": "Says of the original: " }, look.before),
      h("td", { "data-heading": "Says of the copy: " }, look.after),
      h("td", {}, h("span", { class: `outcome ${look.verdict}` }, verdicts.lookInWords(look.verdict))),
    ),
  );
  const headings = ["The copy", "Network not used", "Says of the original", "Says of the copy", "Result"];
  const head = h(
    "thead",
    {},
    h(
      "tr",
      {},
      headings.map((heading) => h("th", { scope: "col" }, heading)),
    ),
  );
  return drawer(
    photo.open,
    "shared",
    `Once it is shared: ${inBrief(found)}`,
    h("table", { class: "looks" }, head, h("tbody", {}, rows)),
  );
}

/** All looks in a few words. */
export function inBrief(found) {
  const told = found.filter((look) => ["recognised", "close"].includes(look.verdict)).length;
  if (told) return `still told in ${told} of ${found.length} looks`;
  const hidden = found.filter((look) => look.verdict === "hidden").length;
  if (!hidden) return "the original is not recognised either";
  if (hidden === found.length) return "hidden in every way that was tried";
  return `hidden in ${hidden} of ${found.length} looks, in the others the original is not recognised either`;
}

function facts(photo) {
  const { row } = photo.result;
  const name = copyName(photo);
  const removed = removedInWords(photo.looked?.metadata ?? null, photo.result);
  const target = row.target_probability === null ? "" : ` (${percent(row.target_probability)})`;
  const fact = (title, text) => h("div", {}, h("dt", {}, title), h("dd", {}, text));
  return h(
    "dl",
    { class: "facts" },
    row.status === "untouched" ? null : fact("Removed from the file", removed),
    row.notes.map((note) => fact("Note", note)),
    row.target ? fact("Made to look like", `${row.target}${target}`) : null,
    photo.result.photo && name !== photo.name ? fact("Name of the copy", name) : null,
    fact("Effort", `${row.iterations} steps, ${row.seconds.toFixed(1)} s`),
  );
}
