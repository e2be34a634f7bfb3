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
    const { files, left } = await filesOf(event.dataTransfer);
    take(files, left);
  });
}

/** What was dropped, folders opened, and how much could not be; no more than there is room for is looked at. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return { files, left: 0 };
  const found = { files: [], left: 0 };
  for (const entry of entries) if (entry) await walk(entry, found);
  return found;
}

/** Take in a file, or all that is in a folder; what cannot be read is counted, and the rest goes on. */
async function walk(entry, found) {
  if (found.files.length > MOST || entry.name.startsWith(".")) return;
  try {
    if (entry.isFile) found.files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    else await walkFolder(entry, found);
  } catch {
    found.left += 1;
  }
}

async function walkFolder(folder, found) {
  const reader = folder.createReader();
  const some = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  for (let entries = await some(); entries.length && found.files.length <= MOST; entries = await some()) {
    for (const next of entries) await walk(next, found);
  }
}

function isVisible(file) {
  return !file.name.startsWith(".");
}

/** Take files in, as many as there is room for, and look at each; `left` more could not be read. */
async function take(files, left = 0) {
  const room = Math.max(0, MOST - photos.length);
  const taken = files.slice(0, room);
  const notice = find("#intake-notice");
  const words = [left ? unread(left) : "", files.length > room ? tooMany(files.length, taken.length) : ""];
  notice.textContent = words.filter(Boolean).join(" ");
  notice.hidden = notice.textContent === "";
  if (taken.length) tell(`${counted(taken.length, "photo")} added.`);
  mayAskAgain();
  const added = add(taken);
  await Promise.all(added.map(look));
  tellLooked(added.filter((photo) => !photo.isGone));
}

/** The end of looking, for those who do not see it. */
function tellLooked(some) {
  const failed = some.filter((photo) => photo.problem).length;
  const good = some.length - failed;
  const words = [
    good ? `The networks have looked at ${counted(good, "photo")}.` : "",
    failed ? `${counted(failed, "file")} could not be read.` : "",
  ];
  if (some.length) tell(words.filter(Boolean).join(" "));
}

function unread(count) {
  return count === 1
    ? "1 file or folder could not be opened and was left out."
    : `${count} files or folders could not be opened and were left out.`;
}

function tooMany(given, taken) {
  const first = taken
    ? `The first ${taken} of ${given > MOST ? `more than ${MOST}` : given} files were taken`
    : "No more files were taken";
  const remedy =
    "Protect and download these, remove them, then add the next; for very many there is “unseen protect FOLDER”.";
  return `${first}: this page holds ${MOST} photos at a time. ${remedy}`;
}
