// Protecting one photo or many with the settings of the moment, and telling how it goes.

import { tell } from "./news.js";
import { queryFor } from "./settings.js";
import { photos } from "./store.js";
import { mayAskAgain } from "./token.js";
import { counted } from "./words.js";
import { comparable, start } from "./work.js";

/** Whether a photo has a result that was made with the settings that are chosen now. */
export function isCurrent(photo) {
  return photo.result !== null && photo.wishes === comparable(queryFor(photo, false));
}

/** The photos that are neither protected with the settings of now nor on their way, and can be. */
export function waitingOnes() {
  return photos.filter((photo) => !photo.problem && !photo.job && !isCurrent(photo));
}

/** Protect these, all with what is chosen at this moment. */
export async function protectThese(some) {
  const together = some.length > 1;
  mayAskAgain();
  tell(`Protecting ${together ? counted(some.length, "photo") : some[0].name}.`);
  const endings = await Promise.all(some.map((photo) => start(photo, queryFor(photo, together))));
  const count = (ending) => endings.filter((one) => one === ending).length;
  const failed = count("failed") ? ` ${counted(count("failed"), "photo")} could not be processed.` : "";
  const cancelled = count("cancelled") ? ` ${counted(count("cancelled"), "photo")} cancelled.` : "";
  tell(`${counted(count("done"), "photo")} done.${failed}${cancelled}`);
}

/** End all that is under way. */
export function cancelAll() {
  for (const photo of photos.filter((one) => one.job)) photo.job.abort.abort();
}
