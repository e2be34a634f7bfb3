// Where photos go is said by where the page comes from.

function isHere({ hostname }) {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Where photos go, in a sentence. */
export function whereInWords(address) {
  return isHere(address)
    ? "Your photos stay on this computer, and nothing of them is kept."
    : `Your photos go to ${address.hostname}, which keeps nothing of them, and nowhere else.`;
}

/** Whether others in the network could read what goes to the server. */
export function isOpenToOthers(address) {
  return address.protocol === "http:" && !isHere(address);
}
