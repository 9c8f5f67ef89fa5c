/**
 * How clinical free text says that something is *not* so, or only suspected. English and Spanish.
 *
 * A negation reaches over at most five words, and no further than the next comma, full stop, semicolon, "and", "but" or "with". "No
 * improvement", "no relief" and "no longer" negate the change, not the finding that follows, and are left alone.
 */
const NO_CHANGE =
  '(?:(?:significant|real|further|much|clear|notable|major|clinical|meaningful) )?(?:longer|improvement|change|relief|better|response|strength|movement|mejor\\w*|cambio\\w*|alivio|fuerza)';
const NEGATION = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:no(?! ${NO_CHANGE})|without(?! ${NO_CHANGE})|negative for|denies|sin(?! ${NO_CHANGE})|negativ[oa] para|niega)(?![\\p{L}\\p{N}])`,
  'giu',
);
const NEGATION_ENDS = /[,.;:\n]|(?<![\p{L}\p{N}])(?:and|but|with|y|pero|con)(?![\p{L}\p{N}])/iu;
const HEDGE =
  /(?<![\p{L}\p{N}])(?:rule[ds]? out|r\/o|suspected|suspicion of|descartar|sospecha(?: de)?)(?![\p{L}\p{N}])|\?/iu;
const REACH_WORDS = 5;
/** Characters in which those words are looked for. */
const REACH_CHARACTERS = 120;

/** Longer texts are cut: a note of this length has said what it has to say, and matching stays bounded. */
const LONGEST_TEXT = 5_000;

/**
 * Whether a text says that something is there: some match of `pattern` that is not negated and, unless `inDoubt`, not merely suspected.
 * @param pattern has the `g` flag.
 */
export function says(text: string, pattern: RegExp, inDoubt: boolean): boolean {
  const read = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
  pattern.lastIndex = 0;
  if (!pattern.test(read)) return false;
  pattern.lastIndex = 0;
  const negated = negatedStretches(read);
  for (const match of read.matchAll(pattern)) {
    const end = match.index + match[0].length;
    // In doubt only a phrase that begins under a negation is denied; otherwise one that reaches into it is too.
    const isDenied = ([from, to]: readonly [number, number]) =>
      match.index < to && (inDoubt ? match.index >= from : end > from);
    if (negated.some(isDenied)) continue;
    if (inDoubt || !HEDGE.test(clauseAround(read, match.index))) return true;
  }
  return false;
}

const DENIAL = new RegExp(
  `^\\s*(?:(?:no|none|denie[sd]|negative|neg|without|sin|niega|negativ[oa])(?![\\p{L}\\p{N}])(?! ${NO_CHANGE})(?!.*(?:[,;?]|\\b(?:but|with|pero|con)\\b)).{0,40}|(?:absent|not (?:present|detected|found|applicable)|normal|unremarkable|within normal limits|intact|false|ninguno|ausente)\\s*[.]?\\s*)$`,
  'iu',
);

/** Whether an answer as a whole denies what was asked: "No", "Absent", "Negative for weakness". */
export const denies = (answer: string): boolean => DENIAL.test(answer);

function negatedStretches(text: string): [number, number][] {
  const stretches: [number, number][] = [];
  for (const cue of text.matchAll(NEGATION)) {
    const from = cue.index + cue[0].length;
    const rest = text.slice(from, from + REACH_CHARACTERS);
    const end = NEGATION_ENDS.exec(rest)?.index ?? rest.length;
    const words = new RegExp(`^(?:\\s*\\S+){1,${REACH_WORDS}}`, 'u').exec(rest.slice(0, end))?.[0].length ?? 0;
    stretches.push([from, from + words]);
  }
  return stretches;
}

function clauseAround(text: string, index: number): string {
  const before = Math.max(text.lastIndexOf('.', index), text.lastIndexOf(';', index), text.lastIndexOf(',', index));
  const after = /[.;,]/.exec(text.slice(index));
  return text.slice(before + 1, after === null ? undefined : index + after.index);
}
