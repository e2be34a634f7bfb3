// Numbers and names in words, as the reports of the command have them.

const SPACE = "\u00a0";

/** A probability: as many digits as mean something, and never a false 0 % or 100 %. */
export function percent(probability) {
  if (!Number.isFinite(probability)) return "not defined";
  if (probability < 1e-4) return `less than 0.01${SPACE}%`;
  if (probability > 1 - 1e-4) return `more than 99.99${SPACE}%`;
  const digits = probability < 0.01 || probability > 0.999 ? 2 : 1;
  return `${(100 * probability).toFixed(digits)}${SPACE}%`;
}

/** "1 photo", "2 photos". */
export function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** "sky", "sky and sea", "sky, sea and sand". */
export function listed(names, last = "and") {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
}

/** The size of a file: "2.4 MB". */
export function size(bytes) {
  if (bytes < 1000) return `${bytes}${SPACE}bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)}${SPACE}KB` : `${(bytes / 1e6).toFixed(1)}${SPACE}MB`;
}

/** The first letter as it stands at the beginning of a sentence. */
export function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SURENESS = [
  [0.1, "sure of its answer"],
  [0.35, "fairly sure"],
  [0.6, "unsure"],
  [0.85, "very unsure"],
  [Infinity, "has no idea"],
];

/** How undecided a network is, in words: 0 is sure, the logarithm of all its classes means that it could roll a die. */
export function sureness(ice, classes) {
  const share = ice / Math.log(Math.max(2, classes));
  return SURENESS.find(([limit]) => share < limit)[1];
}

/** The same with its number: "Fairly sure (ICE 0.96 of 6.91)". */
export function uncertainty(ice, classes) {
  if (!Number.isFinite(ice)) return "Uncertainty (ICE): not defined";
  return `${capitalised(sureness(ice, classes))} (ICE ${ice.toFixed(2)} of ${Math.log(classes).toFixed(2)})`;
}
