// What a file tells beside its pixels, and what of it a copy keeps.

import { listed } from "./words.js";

/** What the server can leave in a copy; the rest holds pictures, or what nobody can look into. */
const KEEPABLE = ["EXIF", "GPS position", "XMP", "comment", "text"];
const CHOICES = { date: "the date", copyright: "copyright and author" };
const EXCEPT = " except ";

/** A sentence on what a copy will tell of what was found in the file, by the words of `keep`, such as "date". */
export function willKeep(found, keep) {
  const words = keep.split(",").filter(Boolean);
  const staying = words.includes("all") ? found.filter((one) => KEEPABLE.includes(one)) : words;
  if (!staying.length) return "A copy will not.";
  if (!words.includes("all")) {
    return `A copy will not, but for ${listed(words.map((word) => CHOICES[word]))}, which you chose to keep.`;
  }
  const going = found.filter((one) => !staying.includes(one));
  return `A copy will tell ${going.length ? listed(staying) : "it"}, too, for you chose to keep all.`;
}

/** What a copy still tells: what was found and not removed. `found` is null where nobody has looked. */
export function kept(found, { row, settings }) {
  if (!settings.keep?.length) return [];
  const exceptions = row.metadata_removed.filter((one) => one.includes(EXCEPT));
  if (exceptions.length) return exceptions.map((one) => one.split(EXCEPT)[1]);
  if (!settings.keep.includes("all")) return [];
  return found?.filter((one) => !row.metadata_removed.includes(one)) ?? ["whatever else the file held"];
}

/** What is gone from a copy, and what is not, in words. */
export function removedInWords(found, result) {
  const removed = listed(result.row.metadata_removed);
  const staying = kept(found, result);
  if (staying.length) return `${removed || "nothing"}; kept, as you chose: ${listed(staying)}`;
  return removed || "nothing: it held no metadata";
}
