// The bar at the foot of the window: what is done with all photos at once.

import { find } from "./dom.js";
import { copied, saveAll, saveReports } from "./download.js";
import { cancelAll, protectThese, waitingOnes } from "./run.js";
import { photos, remove } from "./store.js";
import { trying } from "./trying.js";
import { outcome } from "./verdicts.js";
import { counted } from "./words.js";

/** Watch its buttons. */
export function watchBar() {
  find("#protect").addEventListener("click", () => {
    const some = waitingOnes();
    if (some.length) protectThese(some);
  });
  find("#cancel").addEventListener("click", () => {
    find("#protect").focus();
    cancelAll();
  });
  find("#download").addEventListener("click", () => trying(saveAll, "Making the zip …"));
  find("#report").addEventListener("click", () => trying(() => saveReports(), "Making the report …"));
  find("#remove").addEventListener("click", () => {
    const unsaved = copied().filter((photo) => !photo.saved).length;
    if (
      unsaved &&
      !confirm(`${counted(unsaved, "copy").replace("copys", "copies")} not downloaded yet. Remove all photos?`)
    )
      return;
    remove([...photos]);
    find("#choose").focus();
  });
}

/** Show what can be done now. */
export function drawBar() {
  const usable = photos.filter((photo) => !photo.problem);
  const busy = usable.filter((photo) => photo.job);
  const waiting = waitingOnes();
  const done = usable.filter((photo) => photo.result && !photo.job);
  find("#bar").hidden = photos.length === 0;
  find("#remove").hidden = photos.length < 2;
  const protect = find("#protect");
  protect.textContent = wordsFor(waiting, busy.length > 0);
  protect.setAttribute("aria-disabled", String(waiting.length === 0));
  find("#cancel").hidden = busy.length === 0;
  const copies = copied().length;
  find("#download").hidden = copies === 0;
  find("#download").textContent = copies > 1 ? "Download all (zip)" : "Download";
  find("#report").hidden = done.length === 0;
  find("#overall-words").textContent = busy.length
    ? `${done.length} of ${done.length + busy.length} done`
    : outcomeOf(done);
  find("#to-summary").hidden = busy.length > 0 || done.length === 0;
  const overall = find("#overall");
  overall.hidden = busy.length === 0;
  overall.value = busy.length ? done.length / (done.length + busy.length) : 0;
}

/** How many copies are protected; before there are any, how many photos there are. */
function outcomeOf(done) {
  const copies = done.filter((photo) => photo.result.photo);
  if (!copies.length) return counted(photos.length, "photo");
  const count = (name) => copies.filter(({ result }) => outcome(result.row, result.settings) === name).length;
  const others = count("in_part") ? `, ${count("in_part")} still read by others` : "";
  return `${count("protected")} of ${copies.length} protected${others}`;
}

function wordsFor(waiting, isBusy) {
  if (!waiting.length) return isBusy ? "Protecting …" : "All done";
  const again = waiting.every((photo) => photo.result) ? " again" : "";
  return `Protect ${counted(waiting.length, "photo")}${again}`;
}
