// All results in sentences that a person can repeat.

import { h } from "./dom.js";
import { hides, judges, LIMITS, looks, verdict } from "./verdicts.js";
import { counted, listed } from "./words.js";

const REMARK = "The right thing is taken to be what each network itself saw in the original.";
const ALWAYS = [
  "People see in the copies what they saw before, and whoever holds an original needs no copy.",
  `${LIMITS} Faces, text and number plates were not tested at all.`,
];

/** What was gained and what not, as elements; of results alone. */
export function summary(results) {
  const made = results.filter(({ row }) => ["protected", "not_achieved"].includes(row.status));
  const read = names(made);
  const words = (isGain) => read.filter((one) => one?.isGain === isGain).map((one) => one.words);
  const gained = [...words(true), ...privacy(made), ...untouched(results)];
  const lost = [...words(false), ...left(made), ...ALWAYS];
  const list = (items) =>
    h(
      "ul",
      {},
      items.filter(Boolean).map((item) => h("li", {}, item)),
    );
  return [
    h("p", { class: "gain" }, outcome(results, made)),
    gained.length ? [h("h3", {}, "Gained"), list(gained)] : null,
    h("h3", {}, "Not gained"),
    list(lost),
    made.some(({ settings }) => !hides(settings)) ? h("p", { class: "quiet small" }, REMARK) : null,
  ];
}

function outcome(results, made) {
  const good = made.filter(({ row }) => row.status === "protected").length;
  if (!made.length) return `${counted(results.length, "photo")} left untouched: nothing that you named is seen.`;
  if (made.length === 1) return good ? "Your photo is protected." : "Your photo is not protected.";
  return `${good || "None"} of ${made.length} photos ${good === 1 ? "is" : "are"} protected.`;
}

/** How many photos are told right by at least one network of a role: [all that it can tell of, before, now]. */
function told(made, role) {
  const judged = made.map(({ row, settings }) =>
    row.models.filter((model) => model.role === role).map((model) => verdict(model, settings)),
  );
  const able = judged.filter((verdicts) => verdicts.some((name) => name !== "blind"));
  const before = able.filter((verdicts) => verdicts.some((name) => !["unknown", "blind"].includes(name))).length;
  return [able.length, before, able.filter((verdicts) => verdicts.includes("recognised")).length];
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
  if (all === 1) return `${before ? "named" : "did not name"} ${things}; now they ${now ? "do" : "do not"}.`;
  return `named ${things} in ${before || "none"} of ${all} photos, now in ${now || "none"}.`;
}

/** The range over all ways of sharing of how many photos are still named right. */
function sharing(made, things) {
  const counts = new Map();
  let photos = 0;
  for (const { row, report } of made) {
    const found = looks(row, report.presets).filter((look) => look.preset !== "file");
    photos += found.length > 0;
    for (const look of found) counts.set(look.way, counts.get(look.way) ?? new Set());
    for (const look of found.filter((one) => one.verdict === "recognised")) counts.get(look.way).add(row);
  }
  if (!photos) return null;
  const numbers = [...counts.values()].map((rows) => rows.size);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const after = `After sharing (${listed([...counts.keys()], "or")})`;
  const isGain = most < photos;
  if (photos === 1) {
    const words = most
      ? `networks not used name ${things}, at least in one of these ways.`
      : `networks not used do not name ${things} either.`;
    return { words: `${after} ${words}`, isGain };
  }
  const count = least === most ? least || "none" : `${least} to ${most}`;
  return { words: `${after} networks not used name ${things} in ${count} of ${photos} photos.`, isGain };
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
  const alike = made.filter(({ row }) =>
    row.audit.some((one) => one.version === "protected" && one.leaked && !one.top1),
  ).length;
  const alone = made.some(({ row }) => !row.models.some((model) => model.role === "held-out"));
  return [
    missed.length ? `Not achieved for ${listed(missed)}: try a higher strength or another way.` : null,
    alike
      ? `In ${counted(alike, "photo")} a network not used still sees the same kind of thing, in the file or once it is ` +
        "shared: a tabby taken for another cat is still a cat."
      : null,
    alone ? "No network was asked that had no part in it, so how far this carries is not known." : null,
  ];
}
