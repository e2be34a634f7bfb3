// All results in sentences that a person can repeat.

import { h } from "./dom.js";
import { kept } from "./kept.js";
import { hides, judges, LIMITS, looks, outcome, verdict, wasSeen } from "./verdicts.js";
import { counted, listed } from "./words.js";

const REMARK = "The right thing is taken to be what each network itself saw in the original.";
const PEOPLE = "People see in the copies what they saw before, and whoever holds an original needs no copy.";
const OWNERS = "Whoever holds an original needs no copy.";
const LIMITED = `${LIMITS} Faces, text and number plates were not tested at all.`;

/** All of it as sentences: {outcome, gained, lost}. The results come with `metadata`, what was found in the file. */
export function account(results) {
  const made = results.filter(({ row }) => ["protected", "not_achieved"].includes(row.status));
  const read = names(made);
  const words = (isGain) => read.filter((one) => one?.isGain === isGain).map((one) => one.words);
  return {
    outcome: outcomeOf(results, made),
    gained: [...words(true), ...privacy(made), ...untouched(results)],
    lost: [...words(false), ...left(made), made.length && made.every(looksAlike) ? PEOPLE : OWNERS, LIMITED].filter(Boolean),
    remark: made.some(({ settings }) => !hides(settings)) ? REMARK : null,
  };
}

/** What was gained and what not, as elements; of results alone. */
export function summary(results) {
  const { outcome: told, gained, lost, remark } = account(results);
  const list = (items) =>
    h(
      "ul",
      {},
      items.map((item) => h("li", {}, item)),
    );
  return [
    h("p", { class: "gain" }, told),
    gained.length ? [h("h3", {}, "Gained"), list(gained)] : null,
    h("h3", {}, "Not gained"),
    list(lost),
    remark ? h("p", { class: "quiet small" }, remark) : null,
  ];
}

/** Whether a copy shows people what the original does: crop, blur, pixels and styles are other pictures. */
function looksAlike({ settings }) {
  return (settings.pictures ?? []).every(({ scheme }) => scheme === "Universal");
}

function outcomeOf(results, made) {
  const count = (name) => made.filter(({ row, settings }) => outcome(row, settings) === name).length;
  const [good, partly] = [count("protected"), count("in_part")];
  if (!made.length) return `${counted(results.length, "photo")} left untouched: nothing that you named is seen.`;
  if (made.length === 1) return `Your photo is ${partly ? misread(made, 1) : good ? "protected" : "not protected"}.`;
  const fully = `${good || "None"} of ${made.length} photos ${good === 1 ? "is" : "are"} protected.`;
  return partly ? `${fully} ${partly} ${partly === 1 ? "is" : "are"} ${misread(made, partly)}.` : fully;
}

/** What so many copies are that others still read. */
function misread(made, count) {
  const [subject, object] = count === 1 ? ["it was", "it"] : ["they were", "them"];
  const isJudged = made.some(({ settings }) => settings.picture_only);
  const networks = isJudged ? `networks that judge ${object}` : `networks ${subject} made against`;
  return `misread by the ${networks}, still read by others`;
}

/** How many photos are told right by at least one network of a role: [all that it can tell of, before, now]. */
function told(made, role) {
  const judged = made.map(({ row, settings }) =>
    row.models
      .filter((model) => model.role === role)
      .map((model) => ({ name: verdict(model, settings), was: wasSeen(model, settings) })),
  );
  const able = judged.filter((found) => found.some(({ name }) => name !== "blind"));
  const before = able.filter((found) => found.some(({ was }) => was));
  return [able.length, before.length, able.filter((found) => found.some(({ name }) => name === "recognised")).length];
}

/** What networks name, before and now, each sentence with whether that is a gain; null where nobody was asked. */
function names(made) {
  const things = made.some(({ settings }) => hides(settings)) ? "what was to be hidden" : "the right thing";
  const who = listed([...new Set(made.map(({ settings }) => judges(settings)))]);
  const [used, others] = [told(made, "surrogate"), told(made, "held-out")];
  return [
    used[0] ? { words: `Before, ${who} ${beforeAndNow(used, things)}`, isGain: used[2] < used[1] } : null,
    others[0]
      ? { words: `Before, networks not used ${beforeAndNow(others, things)}`, isGain: others[2] < others[1] }
      : null,
    sharing(made, things),
  ];
}

/** "named it in 9 of 10 photos, now in 1."; of the only photo, whether. */
function beforeAndNow([all, before, now], things) {
  if (all === 1 && before) return `named ${things}; ${now ? "they still do" : "now they do not"}.`;
  if (all === 1) return `did not name ${things}; ${now ? "now they do" : "nor do they now"}.`;
  return `named ${things} in ${before || "none"} of ${all} photos, now in ${now || "none"}.`;
}

/** The range over all ways of sharing of how many photos are still named right, of those that were before. */
function sharing(made, things) {
  const { ways, photos } = afterSharing(made);
  if (!photos) return null;
  const counts = [...ways.values()].map(({ before, now }) => [before.size, now.size]);
  const known = counts.filter(([before]) => before);
  const isGain = known.length > 0 && known.every(([before, now]) => now < before);
  const after = `After sharing (${listed([...ways.keys()], "or")}), networks not used`;
  const before = counts.map(([number]) => number);
  const now = counts.map(([, number]) => number);
  if (!known.length) return { words: `${after} do not name ${things} in the originals either.`, isGain };
  if (photos === 1) {
    const still = `still name ${things}, at least in one of these ways.`;
    return { words: `${after} ${Math.max(...now) ? still : `no longer name ${things}.`}`, isGain };
  }
  const words = `named ${things} in ${range(before)} of ${photos} originals, now in ${range(now)}.`;
  return { words: `${after} ${words}`, isGain };
}

/** By way, the photos whose original a network not used names right, and those of them whose copy it still does. */
function afterSharing(made) {
  const ways = new Map();
  let photos = 0;
  for (const { row, report } of made) {
    const found = looks(row, report.presets).filter((look) => look.preset !== "file");
    photos += found.length > 0;
    for (const { way, wasRight, verdict: name } of found) {
      if (!ways.has(way)) ways.set(way, { before: new Set(), now: new Set() });
      if (wasRight) ways.get(way).before.add(row);
      if (wasRight && name === "recognised") ways.get(way).now.add(row);
    }
  }
  return { ways, photos };
}

function range(numbers) {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least || "none") : `${least} to ${most}`;
}

function privacy(made) {
  const rid = made.filter(({ row }) => row.metadata_removed.length);
  if (!rid.length) return [];
  const what = [...new Set(rid.flatMap(({ row }) => row.metadata_removed))];
  return [`${listed(what)} removed from ${counted(rid.length, "file")}.`];
}

function untouched(results) {
  const count = results.filter(({ row }) => row.status === "untouched").length;
  return count ? [`${counted(count, "photo")} left untouched, for nothing that you named is seen there.`] : [];
}

/** What the copies still give away. */
function left(made) {
  const missed = made.filter(({ row }) => row.status === "not_achieved").map(({ row }) => row.input.split("/").at(-1));
  const keeping = made.map((one) => kept(one.metadata, one)).filter((found) => found.length);
  const alike = made.filter(({ row }) =>
    row.audit.some((one) => one.version === "protected" && one.leaked && !one.top1),
  ).length;
  const alone = made.some(({ row }) => !row.models.some((model) => model.role === "held-out"));
  return [
    missed.length ? `Not achieved for ${listed(missed)}: try a higher strength or another way.` : null,
    keeping.length
      ? `Kept in ${counted(keeping.length, "file")}, as you chose: ${listed([...new Set(keeping.flat())])}.`
      : null,
    alike
      ? `In ${counted(alike, "photo")} a network not used still sees the same kind of thing, in the file or once it is ` +
        "shared: a tabby taken for another cat is still a cat."
      : null,
    alone ? "No network was asked that had no part in it, so how far this carries is not known." : null,
  ];
}
