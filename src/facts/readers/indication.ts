import type { Entry } from '../../chart/entry.ts';
import { at, string } from '../../logic/json.ts';
import { exactly } from '../../logic/range.ts';
import type { Arguments, Reader, Setting } from '../reader.ts';
import { evidenceOf, type Reading } from '../reading.ts';
import { SELECTING, select } from '../select.ts';

/**
 * Why the order is made, as the first of `prefer` that fits. The order's own reasons decide; only where they say nothing about any of
 * these, the diagnoses of the call's encounter; only where there are none, the matching conditions. Gives the concept's name.
 */
export const indication: Reader = {
  name: 'indication',
  does: "names the concept that explains the order: from its own reasons, else the encounter's diagnoses, else the conditions selected",
  arguments: { ...SELECTING, prefer: { kind: 'concepts', required: true } },
  measures: {},
  givesNames: true,
  names: ({ prefer }) => prefer,
  days: ['first', 'last'],
  slices: ({ slices = [] }) => slices,
  read: (args, setting): Reading => {
    const { scoped, terminology, context } = setting;
    const prefer = args.prefer ?? [];
    const label = (name: string) => terminology.concepts.get(name)?.title ?? name;
    const byReason = prefer.find((name) =>
      scoped.order.reasons.some((reason) => terminology.bears(reason, name) === 'holds'),
    );
    if (byReason !== undefined) {
      const { reference } = scoped.order;
      const evidence = reference === undefined ? [] : [{ reference }];
      // A reason that could not be looked up may fit better.
      const open = byReason !== prefer[0] && scoped.order.openReasons.length > 0;
      const names = { certain: open ? [] : [byReason], open };
      return { count: exactly(1), measures: {}, names, label: label(byReason), evidence, unread: [] };
    }
    const { certain, possible, unread } = select({ ...args, concept: prefer } as Arguments, setting);
    const inEncounter = certain.filter(({ entry }) => isDiagnosisOf(entry, context.encounterId));
    const pool = inEncounter.some(({ entry }) => bears(entry, prefer, setting)) ? inEncounter : certain;
    const name = prefer.find((one) => pool.some(({ entry }) => bears(entry, [one], setting)));
    const isOpen = unread.length > 0 || possible.length > 0 || scoped.order.openReasons.length > 0;
    if (name === undefined) {
      return {
        count: { min: 0, max: isOpen ? 1 : 0 },
        measures: {},
        names: { certain: [], open: isOpen },
        evidence: [],
        unread,
      };
    }
    // The best fit is certain, unless something that was not read would be asked first: a reason, or a diagnosis of the encounter.
    const isFirst = pool === inEncounter || context.encounterId === undefined;
    const open = isOpen && !(name === prefer[0] && isFirst && scoped.order.openReasons.length === 0);
    const matching = pool.filter(({ entry }) => bears(entry, [name], setting));
    return {
      count: exactly(1),
      measures: {},
      names: { certain: open ? [] : [name], open },
      label: label(name),
      evidence: matching.map(({ entry, day }) => evidenceOf(entry.reference, day)),
      unread,
    };
  },
};

const bears = (entry: Entry, names: readonly string[], { terminology }: Setting): boolean =>
  names.some((name) => terminology.bears(entry.what, name) === 'holds');

function isDiagnosisOf({ body }: Entry, encounterId: string | undefined): boolean {
  if (encounterId === undefined) return false;
  return at(body, 'encounter.reference').some(
    (reference) => string(reference)?.endsWith(`Encounter/${encounterId}`) === true,
  );
}
