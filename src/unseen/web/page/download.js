// Saving copies, one or all, and reports.

import { report } from "./api.js";
import { h } from "./dom.js";
import { copyName, distinct } from "./names.js";
import { changed, photos } from "./store.js";
import { zipped } from "./zip.js";

const REPORTED = 200;
const HELD = 60_000;

/** Save a blob under a name. */
function saveAs(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), HELD);
}

/** The photos that have a copy. */
export function copied() {
  return photos.filter((photo) => photo.result?.photo);
}

/** Save the copy of one photo. */
export function save(photo) {
  saveAs(photo.result.photo, copyName(photo));
  photo.saved = true;
  changed(photo);
}

/** Save all copies: as a zip, or the only one as it is. */
export async function saveAll() {
  const some = copied();
  if (some.length === 1) return save(some[0]);
  const names = distinct(some.map(copyName));
  const blob = await zipped(some.map((photo, index) => ({ name: names[index], blob: photo.result.photo })));
  saveAs(blob, "unseen.zip");
  for (const photo of some) photo.saved = true;
  return changed();
}

/** Save the report on photos that have results; where settings differ, one for each, in a zip. */
export async function saveReports(some = photos) {
  const made = [];
  for (const { name, results } of groups(some)) {
    made.push({ name, blob: await report(await Promise.all(results.map(sendable))) });
  }
  if (made.length === 1) return saveAs(made[0].blob, "unseen-report.html");
  const names = distinct(made.map(({ name }) => name));
  return saveAs(await zipped(made.map(({ blob }, index) => ({ name: names[index], blob }))), "unseen-reports.zip");
}

/** Results with the same settings, not too many for one page, and a name that tells the settings. */
function groups(some) {
  const found = new Map();
  for (const { result } of some.filter((photo) => photo.result)) {
    const key = JSON.stringify([result.report.version, result.settings]);
    found.set(key, [...(found.get(key) ?? []), result]);
  }
  return [...found.values()].flatMap((results) => {
    const name = reportName(results[0].settings);
    const pages = Math.ceil(results.length / REPORTED);
    return Array.from({ length: pages }, (_, page) => ({
      name,
      results: results.slice(page * REPORTED, (page + 1) * REPORTED),
    }));
  });
}

function reportName(settings) {
  const levels = settings.epsilon_levels ? `-${settings.epsilon_levels}-levels` : "";
  const hides = settings.hide ? `-hides-${settings.hide.join("-")}` : "";
  const told = `unseen-report-${settings.scheme}${levels}${hides}`.replace(/[^\w+.-]+/g, "-");
  return `${told.slice(0, 80)}.html`;
}

/** A result as the server gave it, without the photo. */
async function sendable({ report: told, previews }) {
  if (!previews) return { report: told, previews: null };
  const [before, after, noise] = await Promise.all([previews.before, previews.after, previews.noise].map(base64));
  return { report: told, previews: { before, after, noise, amplification: previews.amplification } };
}

function base64(blob) {
  if (!blob) return null;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
