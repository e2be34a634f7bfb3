// What is done with photos: looking, one at a time, and protecting, as many at a time as the server has lanes. Browsers
// open six connections to a server: one is left for the rest of the page.

import { inspect, Problem, protect } from "./api.js";
import { changed } from "./store.js";

const LOOKING = 1;
const PROTECTING = 4;
const TRIES = 60;
const THUMBNAIL = 640;

/** Do things a few at a time, in order. */
function gate(width) {
  const waiting = [];
  let running = 0;
  const next = () => {
    while (running < width && waiting.length) {
      running += 1;
      waiting
        .shift()()
        .finally(() => {
          running -= 1;
          next();
        });
    }
  };
  return (act) => {
    waiting.push(act);
    next();
  };
}

const toLook = gate(LOOKING);
const toProtect = gate(PROTECTING);

/** Whether browsers show such a file themselves. */
export function isShown(file) {
  return /^image\/(jpeg|png|webp|avif)$/.test(file.type);
}

/** Ask what the networks see; resolves once they have looked, or could not. */
export function look(photo) {
  if (photo.problem) {
    photo.problem = null;
    changed(photo);
  }
  return new Promise((resolve) => toLook(() => lookNow(photo).finally(resolve)));
}

async function lookNow(photo) {
  if (photo.isGone) return;
  try {
    const query = new URLSearchParams({ name: photo.name });
    if (!isShown(photo.file)) query.set("picture", THUMBNAIL);
    const looked = await patiently(
      () => inspect(photo.file, query),
      () => !photo.isGone,
    );
    if (looked.picture) photo.thumbnail = bytes(looked.picture, "image/jpeg");
    photo.looked = { ...looked, picture: null };
  } catch (error) {
    photo.problem = told(error);
  }
  changed(photo);
}

/** Protect a photo by a query of settings; gives what became of it: "done", "failed" or "cancelled". */
export function start(photo, query) {
  const abort = new AbortController();
  const job = { stage: "queued", abort };
  photo.job = job;
  photo.trouble = null;
  changed(photo);
  return new Promise((resolve) => {
    toProtect(async () => {
      const ending = await attempt(photo, job, query);
      if (photo.job === job) photo.job = null;
      changed(photo);
      resolve(ending);
    });
    abort.signal.addEventListener("abort", () => {
      if (photo.job === job) photo.job = null;
      changed(photo);
    });
  });
}

async function attempt(photo, job, query) {
  const { signal } = job.abort;
  const tell = (stage) => {
    Object.assign(job, { wait: null }, stage);
    changed(photo);
  };
  try {
    signal.throwIfAborted();
    tell({ stage: "sending" });
    const once = () => protect(photo.file, query, signal, tell);
    const given = await patiently(
      once,
      () => !signal.aborted,
      (wait) => tell({ stage: "busy", wait }),
      signal,
    );
    signal.throwIfAborted();
    photo.result = kept(given);
    photo.wishes = comparable(query);
    photo.saved = !photo.result.photo;
    return "done";
  } catch (error) {
    if (signal.aborted) return "cancelled";
    photo.trouble = told(error);
    return "failed";
  }
}

/** What two queries have to share for the same settings; how many photos went together is left out. */
export function comparable(query) {
  return String(new URLSearchParams([...query].filter(([name]) => !["lanes", "name"].includes(name))));
}

/** Try again by itself while the server is only busy. */
async function patiently(act, isWanted, tell = () => {}, signal = undefined) {
  for (let count = 1; ; count += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Problem) || error.wait === null || count === TRIES || !isWanted()) throw error;
      tell(error.wait);
      await pause(error.wait * 1000, signal);
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** A result whose pictures are Blobs, which a browser may keep out of its memory. */
function kept(given) {
  const { before, after, noise, amplification } = given.previews ?? {};
  const jpeg = (base64) => (base64 ? bytes(base64, "image/jpeg") : null);
  const previews = given.previews && { before: jpeg(before), after: jpeg(after), noise: jpeg(noise), amplification };
  const photo = given.photo === null ? null : bytes(given.photo, given.type);
  return { ...given, photo, previews, row: given.report.photos[0], settings: given.report.settings };
}

function bytes(base64, type) {
  const decoded = Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Blob([decoded], { type });
}

function told(error) {
  if (error instanceof Problem) return { status: error.status, problem: error.message, remedy: error.remedy };
  return { status: 0, problem: "Something went wrong in this page.", remedy: "Load the page again." };
}
