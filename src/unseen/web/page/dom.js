// Elements from data. Text is always set as text, so that no name of a file is ever read as markup.

/** An element: h("p", {class: "quiet"}, "text", child, null). Functions among the attributes listen to events. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** The one element that a selector names. */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}

/** A button with words on it. */
export function button(text, act, attributes = {}) {
  return h("button", { type: "button", ...attributes, click: act }, text);
}

/** Replace what an element holds. The focus stays on what has the same `data-focus`, or goes to the photo's name. */
export function fill(element, ...children) {
  const isHeld = element.contains(document.activeElement);
  const held = document.activeElement?.dataset.focus ?? "";
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  if (!isHeld) return;
  const same = element.querySelector(`[data-focus="${CSS.escape(held)}"]`);
  (same ?? element.closest("article")?.querySelector("h3"))?.focus({ preventScroll: true });
}

/** Parts that open and close, and stay as they were when they are drawn again. */
export function drawer(state, key, summary, ...content) {
  const element = h(
    "details",
    { "data-drawer": key },
    h("summary", { "data-focus": `drawer-${key}` }, summary),
    ...content,
  );
  element.open = Boolean(state[key]);
  element.addEventListener("toggle", () => {
    state[key] = element.open;
  });
  return element;
}
