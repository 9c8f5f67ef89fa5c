import { exactly, type Range } from '../../logic/range.ts';
import type { Arguments, Reader } from '../reader.ts';
import { evidenceOf, NOTHING_FOUND, type Reading } from '../reading.ts';
import { type Found, isEmpty, SELECTING, type Selection, select } from '../select.ts';

/** Entries of any kind that match: conditions, procedures, drugs, referrals, reports that mention something. */
export const find: Reader = {
  name: 'find',
  does: 'finds entries (conditions, procedures, drugs, allergies, requests, results, reports) that bear a concept, stand so and lie in a window',
  arguments: { ...SELECTING, latest: { kind: 'flag' } },
  measures: { 'days-since': 'days', 'weeks-since-first': 'weeks' },
  givesNames: false,
  days: ['first', 'last'],
  slices: ({ slices = [] }) => slices,
  read: (args, setting) => {
    if (!args.latest) return summarise(select(args, setting), setting.today);
    const { mentions: _, ...selecting } = args;
    return summarise(onlyLatest(select(selecting, setting), args, setting), setting.today);
  },
};

/** With `latest`, only the newest match is asked what it mentions; unknown when something newer may not have been read. */
function onlyLatest(
  selection: Selection,
  { mentions }: Arguments,
  { terminology }: Parameters<Reader['read']>[1],
): Selection {
  const { certain, possible, unread } = selection;
  const newest = Math.max(...certain.map(({ day }) => day?.max ?? Number.NEGATIVE_INFINITY));
  const latest = certain.filter(({ day }) => day !== undefined && day.max === newest);
  const matches =
    mentions === undefined
      ? latest
      : latest.filter(({ entry }) => mentions.some((name) => terminology.bears(entry.notes, name) === 'holds'));
  const undated = certain.filter(({ day }) => day === undefined);
  const mayBeNewer =
    unread.length > 0 || undated.length > 0 || possible.some(({ day }) => day === undefined || day.max >= newest);
  return mayBeNewer
    ? { certain: [], possible: [...matches, ...undated, ...possible], unread }
    : { certain: matches, possible: [], unread };
}

function summarise(selection: Selection, today: number): Reading {
  if (isEmpty(selection)) return NOTHING_FOUND;
  const { certain, possible, unread } = selection;
  const dated = certain.flatMap(({ day }) => day ?? []);
  const count: Range = {
    min: certain.length,
    max: unread.length > 0 ? Number.POSITIVE_INFINITY : certain.length + possible.length,
  };
  const evidence = certain.map(cite);
  if (dated.length === 0) return { count, measures: {}, evidence, unread };
  const last = { min: Math.max(...dated.map(({ min }) => min)), max: Math.max(...dated.map(({ max }) => max)) };
  const first = { min: Math.min(...dated.map(({ min }) => min)), max: Math.min(...dated.map(({ max }) => max)) };
  const isSettled = unread.length === 0 && possible.length === 0 && dated.length === certain.length;
  return {
    count,
    measures: {
      'days-since': { min: isSettled ? Math.max(0, today - last.max) : 0, max: today - last.min },
      'weeks-since-first': {
        min: Math.floor((today - first.max) / 7),
        max: isSettled ? Math.floor((today - first.min) / 7) : Number.POSITIVE_INFINITY,
      },
    },
    days: { first, last },
    evidence,
    unread,
  };
}

const cite = ({ entry, day }: Found) => evidenceOf(entry.reference, day);

/** How many rows of any kind some slices hold: an empty record is not the same as a clean one. */
export const rows: Reader = {
  name: 'rows',
  does: 'counts everything in some slices, whatever it says: whether a source carries anything at all',
  arguments: { slices: { kind: 'slices', required: true } },
  measures: {},
  givesNames: false,
  days: [],
  slices: ({ slices = [] }) => slices,
  read: ({ slices = [] }, { chart }) => {
    const unread = slices.filter((slice) => chart.slice(slice).state !== 'complete');
    const seen = slices.reduce((sum, slice) => sum + chart.resources(slice).length, 0);
    return {
      count: unread.length > 0 ? { min: seen, max: Number.POSITIVE_INFINITY } : exactly(seen),
      measures: {},
      evidence: [],
      unread,
    };
  },
};
