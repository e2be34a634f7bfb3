// The pictures of a result: before and after, or the change amplified; and the way to the full-size view.

import { comparison, shownIn } from "./compare.js";
import { fill, h } from "./dom.js";
import { openViewer } from "./viewer.js";

/** The pictures of a result, with a choice of views. */
export function pictures(photo) {
  photo.view ??= "compare";
  const stage = h("div", { class: "stage" });
  const { noise, amplification } = photo.result.previews ?? {};
  const views = [["compare", "Compare"], ...(noise ? [["noise", "The change"]] : [])];
  const show = (view) => {
    photo.view = view;
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
    if (view === "noise" && noise) fill(stage, noisePicture(photo, noise, amplification));
    else comparison(photo).then((made) => photo.view === "compare" && fill(stage, made));
  };
  const tabs = views.map(([view, words]) =>
    h("button", { type: "button", "data-view": view, "data-focus": `view-${view}`, click: () => show(view) }, words),
  );
  const large = h("button", { type: "button", "data-focus": "large", click: () => openViewer(photo) }, "Full size");
  show(noise ? photo.view : "compare");
  return h(
    "div",
    { class: "pictures" },
    h("div", { class: "row views", role: "group", "aria-label": "Pictures" }, tabs, large),
    stage,
  );
}

function noisePicture(photo, noise, times) {
  const image = h("img", { alt: `The change made to ${photo.name}, amplified`, class: "noise" });
  return h(
    "figure",
    {},
    shownIn(image, noise),
    h("figcaption", {}, `What was changed${times > 1 ? `, ${times} times stronger` : ""}; grey is unchanged.`),
  );
}
