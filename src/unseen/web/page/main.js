// The page: photos come in, are looked at, protected, compared and taken away. Nothing is kept.

import { offer } from "./api.js";
import { drawBar, watchBar } from "./bar.js";
import { cardOf } from "./card.js";
import { fill, find, h } from "./dom.js";
import { watchIntake } from "./intake.js";
import { offered, watchSettings } from "./settings.js";
import { listen, photos } from "./store.js";
import { summary } from "./summary.js";
import { mayAskAgain, takeToken } from "./token.js";
import { watchViewer } from "./viewer.js";
import { isOpenToOthers, whereInWords } from "./where.js";

const cards = new Map();
let isDrawing = false;

takeToken();
tellWhere();
watchSettings();
watchIntake();
watchBar();
watchViewer();
listen(changedPhoto);
addEventListener("beforeunload", (event) => {
  if (photos.some((photo) => !photo.saved || photo.job)) event.preventDefault();
});
askForOffer();

function tellWhere() {
  find("#where").textContent = whereInWords(location);
  find("#unencrypted").hidden = !isOpenToOthers(location);
}

async function askForOffer() {
  mayAskAgain();
  try {
    offered(await offer());
  } catch (error) {
    const again = h("button", { type: "button", click: askForOffer }, "Try again");
    fill(find("#advanced-fields"), h("p", { class: "notice" }, `${error.message} ${error.remedy ?? ""} `, again));
    find("#advanced").open = true;
  }
}

/** A photo is new, other or gone; or, without one, settings are, which every card looks at. */
function changedPhoto(photo) {
  if (photo === null) for (const card of cards.values()) card.redraw();
  else if (photo.isGone) forget(photo);
  else cardFor(photo).redraw();
  drawSoon();
}

function cardFor(photo) {
  if (!cards.has(photo)) {
    cards.set(photo, cardOf(photo));
    find("#photos").append(cards.get(photo).element);
  }
  return cards.get(photo);
}

function forget(photo) {
  cards.get(photo)?.close();
  cards.get(photo)?.element.remove();
  cards.delete(photo);
}

/** What is about all photos is drawn once a frame, however many have changed. */
function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  setTimeout(() => {
    isDrawing = false;
    find("#no-photos").hidden = photos.length > 0;
    document.body.classList.toggle("has-photos", photos.length > 0);
    drawBar();
    drawSummary();
  }, 50);
}

/** The summary is there while nothing is under way. */
function drawSummary() {
  const results = photos
    .filter((photo) => photo.result)
    .map(({ result, looked }) => ({ ...result, metadata: looked?.metadata ?? null }));
  const place = find("#summary");
  place.hidden = results.length === 0 || photos.some((photo) => photo.job);
  if (!place.hidden) fill(find("#summary-words"), summary(results));
}
