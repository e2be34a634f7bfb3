// Photos come in: dropped anywhere, pasted, or chosen, also whole folders.

import { find } from "./dom.js";
import { tell } from "./news.js";
import { add, photos } from "./store.js";
import { mayAskAgain } from "./token.js";
import { counted } from "./words.js";
import { look } from "./work.js";

/** Photos that the page holds at a time. */
export const MOST = 1000;

/** Watch all ways in. */
export function watchIntake() {
  for (const [button, input] of [
    ["#choose", "#files"],
    ["#choose-folder", "#folder"],
  ]) {
    find(button).addEventListener("click", () => find(input).click());
    find(input).addEventListener("change", (event) => {
      take([...event.target.files].filter(isVisible));
      event.target.value = "";
    });
  }
  find("#choose-folder").hidden = !("webkitdirectory" in find("#folder"));
  addEventListener("paste", (event) => {
    const { files } = event.clipboardData;
    if (files.length) take([...files]);
  });
  watchDropping();
}

function watchDropping() {
  const sign = find("#dropping");
  const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    sign.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) sign.hidden = true;
  });
  addEventListener("drop", async (event) => {
    sign.hidden = true;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    take(await filesOf(event.dataTransfer));
  });
}

/** What was dropped, folders opened; no more than there is room for is looked at. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (found.length > MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
  else {
    const reader = entry.createReader();
    const some = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    for (let entries = await some(); entries.length && found.length <= MOST; entries = await some()) {
      for (const next of entries) await walk(next, found);
    }
  }
}

function isVisible(file) {
  return !file.name.startsWith(".");
}

/** Take files in, as many as there is room for, and look at each. */
function take(files) {
  const room = Math.max(0, MOST - photos.length);
  const taken = files.slice(0, room);
  const notice = find("#intake-notice");
  notice.hidden = files.length <= room;
  notice.textContent = notice.hidden ? "" : tooMany(files.length, taken.length);
  if (taken.length) tell(`${counted(taken.length, "photo")} added.`);
  mayAskAgain();
  for (const photo of add(taken)) look(photo);
}

function tooMany(given, taken) {
  const first = taken
    ? `The first ${taken} of ${given > MOST ? `more than ${MOST}` : given} files were taken`
    : "No more files were taken";
  const remedy =
    "Protect and download these, remove them, then add the next; for very many there is “unseen protect FOLDER”.";
  return `${first}: this page holds ${MOST} photos at a time. ${remedy}`;
}
