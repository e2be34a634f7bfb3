// What a report's numbers mean, in the words of the command's own reports (src/unseen/report).

import { capitalised, listed, percent } from "./words.js";

export const STATUSES = {
  protected: "Protected",
  in_part: "Still read by others",
  not_achieved: "Not achieved",
  untouched: "Left untouched",
  failed: "Failed",
};

const VERDICTS = {
  hidden: "hidden",
  close: "hidden, but among its guesses",
  recognised: "still recognised",
  unknown: "not recognised before either",
  blind: "knows no such thing",
};

const LOOKS = { ...VERDICTS, close: "still the same kind of thing" };

export const LIMITS =
  "This makes automatic reading in bulk harder for networks like those named here, today; it does not stop people, " +
  "someone who aims at this very photo, other or later systems, or anyone who holds the original.";

/** Whether things were named that are to be hidden. */
export function hides(settings) {
  return Array.isArray(settings.hide) && settings.hide.length > 0;
}

/** "dog or bedroom", in quotation marks, or the true answer. */
export function measured(settings) {
  return hides(settings) ? `“${listed(settings.hide, "or")}”` : "the true answer";
}

/** What the networks that decide are called: none helped to make a mere picture, such as a crop. */
export function judges(settings) {
  return settings.picture_only ? "the networks that judge it" : "the networks used to make the protection";
}

/** What part a network had. */
export function role(model, settings, status) {
  if (status === "untouched")
    return model.role === "surrogate" ? "decides whether a photo is left untouched" : "only looks on";
  if (settings.picture_only)
    return model.role === "surrogate" ? "decides whether it counts as protected" : "only looks on";
  return model.role === "surrogate" ? "used to make the protection" : "not used to make the protection";
}

/** One of the names of `VERDICTS`: whether the network still tells what it is not to tell. */
export function verdict(model, settings) {
  const guesses = model.after.top5.map((guess) => guess.label);
  if (hides(settings)) {
    if (!model.hidden) return "blind";
    if (model.hidden.revealed_after) return "recognised";
    if (!model.hidden.revealed_before) return "unknown";
    return guesses.some((label) => model.hidden.labels.includes(label)) ? "close" : "hidden";
  }
  if (model.before.top5[0]?.label !== model.reference) return "unknown";
  if (guesses[0] === model.reference) return "recognised";
  return guesses.includes(model.reference) ? "close" : "hidden";
}

/** Whether a network saw in the original what it is not to tell. */
export function wasSeen(model, settings) {
  if (hides(settings)) return Boolean(model.hidden?.revealed_before);
  return model.before.top5[0]?.label === model.reference;
}

/** The networks that had no part and still tell it. */
export function othersThatRead(row, settings) {
  return row.models.filter((model) => model.role === "held-out" && verdict(model, settings) === "recognised");
}

/** One of the names of `STATUSES`: a copy that other networks still read is protected in part. */
export function outcome(row, settings) {
  return row.status === "protected" && othersThatRead(row, settings).length ? "in_part" : row.status;
}

/** A verdict in words. */
export function verdictInWords(name) {
  return capitalised(VERDICTS[name]);
}

/** The verdict on a copy that was shared, in words. */
export function lookInWords(name) {
  return capitalised(LOOKS[name]);
}

/** [before, after]: the chance of the true answer, or of all that is to be hidden; null where it knows none of that. */
export function chances(model, settings) {
  if (!hides(settings)) return [model.before.icp, model.after.icp];
  return model.hidden && [model.hidden.before, model.hidden.after];
}

/** The labels that are marked among a network's guesses. */
export function marked(model, settings) {
  return hides(settings) ? (model.hidden?.labels ?? []) : [model.reference];
}

/** One or two sentences on how a photo fared, with the remedy where something is missing. */
export function statusInWords(row, settings) {
  const noLonger = hides(settings)
    ? `no longer see any ${listed(settings.hide, "or")}`
    : "no longer give the true answer first";
  if (row.status === "failed") return row.error ?? "The photo could not be processed.";
  if (row.status === "untouched") return whyUntouched(row, settings);
  if (row.status === "protected") return `${capitalised(judges(settings))} ${noLonger}${butOthers(row, settings)}.`;
  const known = row.models.filter((model) => model.role === "surrogate" && verdict(model, settings) === "recognised");
  const outcome = known.length
    ? `Still recognised by ${listed(known.map((model) => model.name))}.`
    : "The networks changed their answer, but less surely than was asked.";
  return `${outcome} ${remedy(settings)}`;
}

function butOthers(row, settings) {
  const names = othersThatRead(row, settings).map((model) => model.name);
  if (!names.length) return "";
  return `, but ${listed(names)}, which had no part in it, still ${names.length === 1 ? "does" : "do"}`;
}

function whyUntouched(row, settings) {
  const seen = row.models
    .filter((model) => model.role === "surrogate" && model.hidden)
    .map((model) => `${model.name} ${percent(model.hidden.before)}`);
  const why = `No ${listed(settings.hide, "or")} is seen here (${listed(seen)})`;
  return `${why}, so the photo was left as it is: no copy was made.`;
}

function remedy(settings) {
  if (settings.picture_only)
    return "Such a picture alone is aimed at no network: choose a way with noise, such as crop.";
  const known = [settings, ...(settings.schemes ?? [])].some((part) => "epsilon" in part);
  return known ? "Try a higher strength or another way." : "Try another way.";
}

/** Network by network and way by way: what was said of the original and of the copy once both were shared. */
export function looks(row, presets) {
  const find = (version, one) =>
    row.audit.find(
      (other) => other.version === version && other.preset === one.preset && other.network === one.network,
    );
  return row.audit
    .filter((one) => one.version === "original")
    .map((before) => ({ before, after: find("protected", before) }))
    .filter(({ before, after }) => after && before.answer !== null && after.answer !== null)
    .map(({ before, after }) => ({
      preset: before.preset,
      way: presets[before.preset] ?? before.preset,
      network: before.network,
      before: before.answer,
      after: after.answer,
      wasRight: Boolean(before.top1),
      verdict: lookVerdict(before, after),
    }));
}

function lookVerdict(before, after) {
  if (after.top1) return "recognised";
  if (after.leaked) return "close";
  return before.top1 ? "hidden" : "unknown";
}

const QUALITY = [
  [42, "At normal size you will not see the difference."],
  [36, "At normal size you will hardly see the difference."],
  [30, "At normal size it looks nearly the same; in smooth areas, such as sky or skin, the change may be seen."],
  [-Infinity, "The change can be seen."],
];

/** What happened to the picture, for people, and the numbers behind it. */
export function qualityInWords(change) {
  if (change.mean_abs === 0) return "The picture is unchanged.";
  if (!Number.isFinite(change.psnr ?? NaN)) {
    return "The picture has another size than the original, so the two cannot be compared pixel by pixel.";
  }
  const looksLike = QUALITY.find(([limit]) => change.psnr >= limit)[1];
  const moved = `${change.mean_abs_levels.toFixed(1)} on average and by ${change.max_abs_levels.toFixed(0)} at most`;
  const likeness = change.ssim === null ? "" : ` Likeness (SSIM): ${change.ssim.toFixed(3)} of 1.`;
  return `${looksLike} A colour value, which runs from 0 to 255, moved by ${moved}.${likeness}`;
}
