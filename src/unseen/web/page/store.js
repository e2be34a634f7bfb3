// The photos of this page: what is known of each, what is being done with it, and who wants to know.

const listeners = new Set();
let last = 0;

/** All photos, in the order in which they came. */
export const photos = [];

/** One photo.
 * looked: what networks see, null until they have looked. problem: why it is no photo. trouble: why the last try
 * failed. job: {stage, …} while it is worked on, else null. result: what /v1/protect gave last, with Blobs. wishes: its
 * settings.
 * hide: labels that are ticked. other: more things to hide, as they were typed. open: drawers that are open.
 */
function photoOf(file) {
  last += 1;
  const found = { looked: null, thumbnail: null, problem: null, trouble: null, job: null, result: null, wishes: null };
  return { id: last, file, name: file.name, hide: new Set(), other: "", open: {}, saved: true, ...found };
}

/** Take files in; gives the new photos. */
export function add(files) {
  const fresh = files.map(photoOf);
  photos.push(...fresh);
  for (const photo of fresh) changed(photo);
  return fresh;
}

/** Forget photos; what was being done with them ends. */
export function remove(gone) {
  for (const photo of gone) {
    photo.job?.abort.abort();
    photo.isGone = true;
    photos.splice(photos.indexOf(photo), 1);
    changed(photo);
  }
}

/** Tell that something about a photo is new; without one, that something is that holds for all. */
export function changed(photo = null) {
  for (const listener of listeners) listener(photo);
}

/** Listen: `listener(photo)`, with null where all may have changed. */
export function listen(listener) {
  listeners.add(listener);
}

/** What is to be hidden in a photo by name; nothing means whatever the networks see. */
export function hidden(photo) {
  return [
    ...photo.hide,
    ...photo.other
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  ];
}
