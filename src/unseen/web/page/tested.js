// What our tests found (docs/results.md, "Strengths"), of which a test sees to it that both say the same.

/** By levels: in how many percent of the copies other networks named the thing exactly, and the same kind of thing. */
const TESTED = { 4: [31.7, 50.7], 8: [14.8, 33.7], 16: [3.0, 14.0] };
/** The same of the originals: exactly. */
const ORIGINALS = 80;

/** A sentence on so many levels; they are among those that were tested. */
export function testedInWords(levels) {
  const [exactly, alike] = TESTED[levels].map((percent) => Math.round(100 / percent));
  return (
    `In our tests at ${levels} levels, other networks still named it exactly in 1 photo of ${exactly}, the same kind ` +
    `of thing in 1 of ${alike}; without protection exactly in ${ORIGINALS / 20} of 5.`
  );
}
