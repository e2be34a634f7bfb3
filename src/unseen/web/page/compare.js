// Before and after: a slider over both at full size, or side by side where their sizes differ.

import { picture } from "./api.js";
import { h } from "./dom.js";

const shownAs = new WeakMap();

/** A figure that compares a photo and its copy. */
export async function comparison(photo) {
  const before = h("img", { alt: `${photo.name}, the original`, draggable: "false" });
  const after = h("img", { alt: `${photo.name}, the protected copy`, draggable: "false" });
  const shown = await Promise.all([
    loaded(before, photo.file, photo.name),
    loaded(after, photo.result.photo, photo.result.name),
  ]);
  if (shown.includes(false))
    return h("p", { class: "notice" }, "This browser cannot show the pictures; the download is whole.");
  const same = before.naturalWidth === after.naturalWidth && before.naturalHeight === after.naturalHeight;
  return same ? slider(photo, before, after) : beside(before, after);
}

/** The copy, the original cut off above it, and a range input that moves the cut. */
function slider(photo, before, after) {
  const range = h("input", {
    type: "range",
    min: "0",
    max: "100",
    step: "1",
    "data-focus": "compare",
    "aria-label": `How much of the original of ${photo.name} is shown`,
  });
  range.value = photo.cut ?? 50;
  before.classList.add("before");
  const marks = [
    h("span", { class: "mark left", "aria-hidden": "true" }, "Before"),
    h("span", { class: "mark right", "aria-hidden": "true" }, "After"),
  ];
  const frame = h(
    "div",
    { class: "compare" },
    after,
    before,
    h("span", { class: "edge", "aria-hidden": "true" }),
    marks,
    range,
  );
  const move = () => {
    photo.cut = range.valueAsNumber;
    frame.style.setProperty("--cut", `${photo.cut}%`);
    range.setAttribute("aria-valuetext", `${photo.cut} % original, ${100 - photo.cut} % copy`);
  };
  range.addEventListener("input", move);
  move();
  return frame;
}

function beside(before, after) {
  const one = (image, words) =>
    h("figure", {}, image, h("figcaption", {}, `${words}, ${image.naturalWidth} × ${image.naturalHeight} pixels`));
  return h("div", { class: "beside" }, one(before, "Before"), one(after, "After"));
}

/** Show a blob in an image; the address is given back once the picture is there. */
export function shownIn(image, blob) {
  const address = URL.createObjectURL(blob);
  const done = () => URL.revokeObjectURL(address);
  image.addEventListener("load", done, { once: true });
  image.addEventListener("error", done, { once: true });
  image.src = address;
  return image;
}

/** The same for any format: what the browser cannot show comes as a PNG from the server. Gives whether it is shown. */
export async function loaded(image, blob, name) {
  const attempt = (shown) =>
    new Promise((resolve) => {
      image.addEventListener("load", () => resolve(true), { once: true });
      image.addEventListener("error", () => resolve(false), { once: true });
      shownIn(image, shown);
    });
  if (await attempt(shownAs.get(blob) ?? blob)) return true;
  try {
    shownAs.set(blob, await picture(blob, name));
    return await attempt(shownAs.get(blob));
  } catch {
    return false;
  }
}
