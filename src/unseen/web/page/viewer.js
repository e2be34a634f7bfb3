// A photo and its copy over the whole window, fitted to it or pixel for pixel.

import { comparison } from "./compare.js";
import { fill, find } from "./dom.js";

let shown = null;

/** Watch the dialog's buttons. */
export function watchViewer() {
  const dialog = find("#viewer");
  const zoom = find("#viewer-zoom");
  find("#viewer-close").addEventListener("click", () => dialog.close());
  zoom.addEventListener("click", () => {
    zoom.setAttribute("aria-pressed", String(dialog.classList.toggle("exact")));
    const body = find("#viewer-body");
    body.scrollTo((body.scrollWidth - body.clientWidth) / 2, (body.scrollHeight - body.clientHeight) / 2);
  });
  dialog.addEventListener("close", () => fill(find("#viewer-body")));
}

/** Show a result in it. */
export async function openViewer(photo) {
  shown = photo;
  find("#viewer-title").textContent = photo.name;
  const dialog = find("#viewer");
  dialog.showModal();
  const made = await comparison(photo);
  if (dialog.open && shown === photo) fill(find("#viewer-body"), made);
}
