// The server's token, where it wants one: from the address's fragment, which is never sent, or asked for.

import { find } from "./dom.js";

const KEY = "unseen-token";
let asking = null;
let isDeclined = false;

/** Take the token out of the address, so that it is in no bookmark and on no screen. */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return;
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
}

/** The token, or null. */
export function token() {
  return sessionStorage.getItem(KEY);
}

/** Who was asked and would not tell may be asked again, because something was done that needs a token. */
export function mayAskAgain() {
  isDeclined = false;
}

/** Ask for the token that was refused; one question for all who ask. Resolves to whether another one is there now. */
export function askForToken(refused) {
  if (token() !== refused) return Promise.resolve(true);
  if (isDeclined) return Promise.resolve(false);
  asking ??= new Promise((resolve) => {
    const dialog = find("#token");
    find("#token-wrong").hidden = refused === null;
    dialog.addEventListener(
      "close",
      () => {
        const given = find("#token-text").value.trim();
        asking = null;
        isDeclined = dialog.returnValue !== "use" || given === "";
        if (!isDeclined) sessionStorage.setItem(KEY, given);
        resolve(!isDeclined);
      },
      { once: true },
    );
    dialog.returnValue = "";
    dialog.showModal();
  });
  return asking;
}
