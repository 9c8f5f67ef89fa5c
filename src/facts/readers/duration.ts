import type { Range } from '../../logic/range.ts';
import type { Reader } from '../reader.ts';
import { evidenceOf, type Reading } from '../reading.ts';
import { type Found, SELECTING, select } from '../select.ts';

/**
 * How long the patient has had something, in whole weeks: since its recorded onset; a condition with only a recorded date has lasted at
 * least that long. Where several match, the longest. Nothing dated: not known, which is not "short". With `explains`, the concept that
 * another fact named is meant.
 */
export const duration: Reader = {
  name: 'duration',
  does: 'measures for how many weeks a condition has lasted, from its onset; without one, at least since it was recorded',
  arguments: { ...SELECTING, explains: { kind: 'fact' } },
  measures: { weeks: 'weeks' },
  givesNames: true,
  names: () => ['onset', 'recorded'],
  days: ['first'],
  slices: ({ slices = [] }) => slices,
  read: (args, setting): Reading => {
    const explained = args.explains === undefined ? undefined : setting.read(args.explains).names;
    // While it is open what is explained, any of the concepts may be meant, and the shortest.
    if (explained?.open) return { count: { min: 0, max: 1 }, measures: {}, evidence: [], unread: args.slices ?? [] };
    const named = explained?.certain ?? [];
    const { certain, possible, unread } = select(named.length === 0 ? args : { ...args, concept: named }, setting);
    const isOpen = unread.length > 0 || possible.length > 0;
    const lasting = certain.flatMap((found) => weeksOf(found, setting.today));
    const longest = lasting.reduce<(typeof lasting)[number] | undefined>(
      (a, b) => (a === undefined || isBefore(b, a) ? b : a),
      undefined,
    );
    if (longest === undefined) {
      return { count: { min: 0, max: isOpen ? 1 : 0 }, measures: {}, evidence: [], unread };
    }
    const mayBeLonger = isOpen || lasting.length < certain.length || lasting.some(({ since }) => since === 'recorded');
    return {
      count: { min: 1, max: Number.POSITIVE_INFINITY },
      measures: {
        weeks: {
          min: longest.weeks.min,
          max: mayBeLonger ? Number.POSITIVE_INFINITY : Math.max(...lasting.map((one) => one.weeks.max)),
        },
      },
      names: { certain: [longest.since], open: false },
      days: { first: longest.day },
      evidence: [evidenceOf(longest.reference, longest.day)],
      unread,
    };
  },
};

interface Lasting {
  readonly weeks: Range;
  readonly since: string;
  readonly day: Range;
  readonly reference: string;
}

const isBefore = (a: Lasting, b: Lasting): boolean =>
  a.day.max < b.day.max || (a.day.max === b.day.max && a.reference < b.reference);

function weeksOf({ entry }: Found, today: number): Lasting[] {
  const { from, recorded, reference } = entry;
  const day = from ?? recorded;
  if (day === undefined) return [];
  const weeks = {
    min: Math.max(0, Math.floor((today - day.max) / 7)),
    max: Math.max(0, Math.floor((today - day.min) / 7)),
  };
  return [{ weeks, since: from === undefined ? 'recorded' : 'onset', day, reference }];
}
