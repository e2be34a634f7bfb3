// Bars: what a network finds probable.

import { h } from "./dom.js";
import { percent } from "./words.js";

/** One bar, filled to a share; it says nothing that the words beside it do not. */
export function bar(share, kind = "") {
  const filled = h("span");
  filled.style.inlineSize = `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  return h("span", { class: `rail ${kind}`, "aria-hidden": "true" }, filled);
}

/** The best guesses of a network, with those marked that are `marked`. */
export function guesses(top, marked = [], remark = "true answer") {
  const rows = top.map(({ label, probability }) => {
    const isTrue = marked.includes(label);
    return h(
      "li",
      { class: isTrue ? "true" : null },
      h("span", { class: "label" }, label, isTrue ? h("small", {}, ` ${remark}`) : null),
      h("span", { class: "chance" }, percent(probability)),
      bar(probability),
    );
  });
  return h("ol", { class: "guesses" }, rows);
}

/** Two bars, one above the other: a chance before and now. */
export function fall(before, after) {
  return h("span", { class: "fall", "aria-hidden": "true" }, bar(before, "was"), bar(after, "is"));
}
