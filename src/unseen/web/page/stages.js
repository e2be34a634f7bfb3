// What is being done with a photo, in words and as a share of the way.

import { counted } from "./words.js";

/** {words, share} of a job; the share is null where nobody knows how long it takes. */
export function stageInWords(job) {
  const unknown = (words) => ({ words, share: null });
  switch (job.stage) {
    case "protecting":
      return { words: `Step ${job.step} of ${job.of}`, share: job.of ? (0.95 * job.step) / job.of : null };
    case "checking":
      return { words: "Checking the copy, and what networks see in it …", share: 0.97 };
    case "reading":
      return unknown("Reading the photo …");
    case "waiting":
      return unknown(job.ahead ? `Waiting: ${counted(job.ahead, "photo")} ahead` : "Waiting for its turn …");
    case "busy":
      return unknown(`The server is busy; trying again in ${Math.ceil(job.wait)} s …`);
    case "sending":
      return unknown("Sending to the server …");
    default:
      return unknown("Waiting for its turn …");
  }
}
