// What takes a while and may fail, with a line at the foot of the window that says so.

import { Problem } from "./api.js";
import { find } from "./dom.js";

/** Do something; tell what is being done meanwhile, and why it failed if it did. */
export async function trying(act, meanwhile) {
  const notice = find("#bar-notice");
  const tell = (words) => {
    notice.hidden = words === "";
    notice.textContent = words;
  };
  tell(meanwhile);
  try {
    await act();
    tell("");
  } catch (error) {
    tell(error instanceof Problem ? `${error.message} ${error.remedy}` : error.message);
  }
}
