// The card of one photo, drawn when it is near the window, in the state that the photo is in.

import { loaded } from "./compare.js";
import { button, fill, find, h } from "./dom.js";
import { save } from "./download.js";
import { result } from "./result.js";
import { isCurrent, protectThese } from "./run.js";
import { choiceToHide, headline, metadata, seen } from "./seen.js";
import { canHide, keeps } from "./settings.js";
import { stageInWords } from "./stages.js";
import { photos, remove } from "./store.js";
import { mayAskAgain } from "./token.js";
import { outcome, STATUSES } from "./verdicts.js";
import { isShown, look } from "./work.js";
import { capitalised, size } from "./words.js";

/** So many cards are all drawn whole; with more photos, those far away have but a title. */
const KEPT_DRAWN = 50;
const numbers = new WeakMap();
let last = 0;
const near = new IntersectionObserver(
  (entries) =>
    entries.forEach((entry) => entry.target.dispatchEvent(new CustomEvent(entry.isIntersecting ? "near" : "far"))),
  { rootMargin: "1200px" },
);

/** The card of a photo: {element, redraw(), close()}. */
export function cardOf(photo) {
  const id = `photo-${photo.id}`;
  const regions = REGIONS.map((region) => ({ ...region, place: h("div", { class: region.name }), drawn: null }));
  const places = regions.map((region) => region.place);
  const element = h(
    "li",
    { class: "photo", id },
    h("article", { "aria-labelledby": `${id}-name` }, h("div", { class: "head" }, places.splice(0, 2)), places),
  );
  const card = { photo, element, regions, isNear: false };
  element.addEventListener("near", () => {
    card.isNear = true;
    draw(card);
  });
  element.addEventListener("far", () => {
    card.isNear = false;
    if (photos.length > KEPT_DRAWN && !element.contains(document.activeElement)) erase(card);
  });
  near.observe(element);
  return { element, redraw: () => draw(card), close: () => near.unobserve(element) };
}

/** Draw the regions that would look different now, and leave alone what a person may be using. */
function draw({ photo, regions, isNear }) {
  const isWhole = isNear || photos.length <= KEPT_DRAWN;
  for (const region of regions.filter(({ name }) => isWhole || name === "title")) {
    const key = JSON.stringify(region.key(photo));
    if (key === region.drawn) continue;
    region.drawn = key;
    region.draw(photo, region.place);
    region.place.style.minBlockSize = "";
  }
}

/** What is far away is dropped, and its height stays, so that nothing jumps. */
function erase({ regions }) {
  for (const region of regions.filter(({ name }) => name !== "title")) {
    region.place.style.minBlockSize = `${region.place.offsetHeight}px`;
    region.drawn = null;
    fill(region.place);
  }
}

/** A number for each object, so that another one is told from it. */
function numberOf(thing) {
  if (thing && !numbers.has(thing)) numbers.set(thing, (last += 1));
  return thing ? numbers.get(thing) : 0;
}

const REGIONS = [
  {
    name: "thumb",
    key: ({ problem, looked, thumbnail }) => [problem, Boolean(looked), Boolean(thumbnail)],
    draw: drawThumbnail,
  },
  {
    name: "title",
    key: (photo) => [
      photo.problem,
      Boolean(photo.looked),
      Boolean(photo.job),
      numberOf(photo.result),
      isCurrent(photo),
    ],
    draw: drawTitle,
  },
  { name: "working", key: ({ job }) => job && { ...job, abort: null }, draw: drawProgress },
  { name: "remarks", key: (photo) => [photo.trouble, isStale(photo)], draw: drawRemarks },
  { name: "body", key: bodyKey, draw: drawBody },
  {
    name: "choice",
    key: ({ problem, looked, hide, other }) => [problem, Boolean(looked), [...hide], other, canHide()],
    draw: (photo, place) => fill(place, photo.looked && !photo.problem ? choiceToHide(photo) : null),
  },
];

/** What a copy will keep is told until there is one. */
function bodyKey(photo) {
  return [photo.problem, Boolean(photo.looked), numberOf(photo.result), photo.result ? "" : keeps()];
}

function isStale(photo) {
  return photo.result !== null && photo.job === null && !isCurrent(photo);
}

function drawTitle(photo, place) {
  const status = photo.result && outcome(photo.result.row, photo.result.settings);
  const badge = status ? h("span", { class: `badge ${status}` }, STATUSES[status]) : null;
  const name = h("h3", { id: `photo-${photo.id}-name`, tabindex: "-1" }, photo.name);
  const pixels = photo.looked ? `${photo.looked.width} × ${photo.looked.height} pixels, ` : "";
  const told = h("p", { class: "quiet small" }, `${pixels}${size(photo.file.size)}`);
  fill(place, h("div", { class: "name" }, name, badge), told, headlineOf(photo), actions(photo));
}

function headlineOf(photo) {
  if (photo.problem) return h("p", { class: "notice", role: "status" }, inSentences(photo.problem, photo.name));
  if (!photo.looked) return h("p", { class: "quiet" }, "Looking what the networks see …");
  return h("p", { class: "headline" }, headline(photo.looked, photo.result ? "saw" : "see"));
}

/** What the server says in a line and what to do, as sentences below the photo's name. */
function inSentences({ problem, remedy }, name) {
  const own = problem.startsWith(`${name}: `) ? problem.slice(name.length + 2) : problem;
  return [own, remedy]
    .filter(Boolean)
    .map((text) => (/[.!?…]$/.test(text) ? capitalised(text) : `${capitalised(text)}.`))
    .join(" ");
}

/** What can be done with the photo now. */
function actions(photo) {
  const made = photo.result?.photo;
  const again = photo.result ? "Protect again" : "Protect this photo";
  const name = (text) => ({ "aria-label": `${text}: ${photo.name}`, "data-focus": text });
  return h(
    "div",
    { class: "row" },
    made ? button("Download", () => save(photo), { class: "primary", ...name("Download") }) : null,
    photo.problem || photo.job || isCurrent(photo) ? null : button(again, () => protectThese([photo]), name(again)),
    photo.problem && canRetry(photo.problem) ? button("Look again", () => lookAgain(photo), name("Look again")) : null,
    button("Remove", () => removeAndMoveOn(photo), name("Remove")),
  );
}

function lookAgain(photo) {
  mayAskAgain();
  look(photo);
}

/** Whether asking again may help: not for what the server said of the file itself. */
function canRetry({ status }) {
  return ![413, 415, 422].includes(status);
}

/** Remove a photo; the focus goes to the next one's name, so that it is not lost. */
function removeAndMoveOn(photo) {
  if (!photo.saved && !confirm(`The copy of ${photo.name} is not downloaded yet. Remove the photo?`)) return;
  const place = photos.indexOf(photo);
  remove([photo]);
  const next = photos[place] ?? photos[place - 1];
  document.querySelector(next ? `#photo-${next.id}-name` : "#photos-title")?.focus();
}

function drawThumbnail(photo, place) {
  if (photo.problem) return fill(place);
  if (place.firstChild || !(photo.looked || isShown(photo.file))) return undefined;
  const image = h("img", { alt: "", decoding: "async" });
  fill(place, image);
  return loaded(image, photo.thumbnail ?? photo.file, photo.name).then((shown) => shown || image.remove());
}

function drawRemarks(photo, place) {
  const { trouble } = photo;
  const again = () => button("Try again", () => protectThese([photo]), { "aria-label": `Try again: ${photo.name}` });
  const failed = trouble && h("p", { class: "notice" }, `${inSentences(trouble, photo.name)} `, again());
  const stale =
    isStale(photo) && h("p", { class: "quiet small" }, "Below is what came of other settings than those chosen now.");
  fill(place, failed || null, stale || null);
}

function drawBody(photo, place) {
  const { looked } = photo;
  if (photo.problem) return fill(place);
  if (photo.result) return fill(place, result(photo, { isAlone: photos.length === 1 }));
  if (!looked) return fill(place);
  return fill(
    place,
    metadata(looked),
    looked.notes.map((note) => h("p", { class: "quiet small" }, note)),
    seen(looked),
  );
}

/** The bar and the words of what is being done, and the way to end it. */
function drawProgress(photo, place) {
  const { job } = photo;
  if (!job) return fill(place);
  const { words, share } = stageInWords(job);
  if (!place.firstChild) fill(place, newProgress(photo));
  find(".stage-words", place).textContent = words;
  const meter = find("progress", place);
  if (share === null) meter.removeAttribute("value");
  else meter.value = share;
  return undefined;
}

function newProgress(photo) {
  const meter = h("progress", { max: "1", "aria-label": `Progress of ${photo.name}` });
  const cancel = button("Cancel", () => photo.job?.abort.abort(), { "aria-label": `Cancel: ${photo.name}` });
  return h("div", { class: "progress" }, h("span", { class: "stage-words" }), meter, cancel);
}
