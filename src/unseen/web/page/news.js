// What screen readers are told while the page works: little, and never two things at once.

import { find } from "./dom.js";

const APART = 2500;
let next = 0;

/** Say something after what was said before. */
export function tell(words) {
  const now = performance.now();
  next = Math.max(now, next);
  setTimeout(() => {
    find("#news").textContent = words;
  }, next - now);
  next += APART;
}
