// Names of files that are downloaded together.

/** Name by name, with " (2)", " (3)", … before the suffix where a name comes again; capitals make no difference. */
export function distinct(names) {
  const taken = new Set();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    const [stem, suffix] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    let found = name;
    for (let count = 2; taken.has(found.toLowerCase()); count += 1) found = `${stem} (${count})${suffix}`;
    taken.add(found.toLowerCase());
    return found;
  });
}

/** A name without what would make it a path; "photo" where nothing is left. */
export function plainName(name) {
  const last = name
    .split(/[/\\]/)
    .at(-1)
    .replace(/[\u0000-\u001f\u007f]/g, "");
  return /^\.*$/.test(last) ? "photo" : last;
}

/** The name of a copy: its original's own, with the suffix that the server gave it; servers shorten names. */
export function copyName(photo) {
  const own = plainName(photo.name);
  const [dot, given] = [own.lastIndexOf("."), plainName(photo.result.name)];
  const suffix = given.includes(".") ? given.slice(given.lastIndexOf(".")) : "";
  return (dot > 0 ? own.slice(0, dot) : own) + suffix;
}
