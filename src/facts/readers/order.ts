import { at, string } from '../../logic/json.ts';
import { exactly } from '../../logic/range.ts';
import type { Order } from '../../orders/order.ts';
import { ratingsOf } from '../../orders/rating.ts';
import { namedRegions } from '../../orders/scope.ts';
import { joinWords, type Words } from '../../terminology/words.ts';
import type { Reader, Setting } from '../reader.ts';
import type { Reading } from '../reading.ts';
import { sidesOf } from '../select.ts';

const nothing = { slices: () => [], measures: {}, days: [] } as const;

const cited = ({ reference }: Order) => (reference === undefined ? [] : [{ reference }]);

const PROPERTIES: Readonly<Record<string, (setting: Setting) => readonly string[]>> = {
  // FHIR R4: an order without a priority is treated as routine.
  priority: ({ scoped }) => [string(scoped.order.body.priority)?.trim().toLowerCase() ?? 'routine'],
  intent: ({ scoped }) => at(scoped.order.body, 'intent').flatMap((one) => string(one) ?? []),
  type: ({ scoped }) => [scoped.order.body.resourceType],
  // Those of the class's own regions that it names; when it names none, all of them.
  region: ({ scoped: { order, orderClass }, terminology }) => {
    const named = terminology.regions(order.told);
    const ours = [...orderClass.regions].filter((region) => named.has(region));
    return ours.length > 0 ? ours : [...orderClass.regions];
  },
  side: ({ scoped, terminology }) => [...sidesOf(scoped, terminology)],
  rating: ({ scoped }) => ratingsOf(scoped.order.body),
  'recognised-by': ({ scoped }) => [scoped.recognisedBy],
  'region-from': ({ scoped }) => [scoped.regionFrom],
};

/** What each property can be; FHIR R4 request-priority and request-intent, and PAMA ratings. */
const NAMES: Readonly<Record<string, readonly string[] | 'regions'>> = {
  priority: ['routine', 'urgent', 'asap', 'stat'],
  intent: [
    ...['proposal', 'plan', 'directive', 'order', 'original-order'],
    ...['reflex-order', 'filler-order', 'instance-order', 'option'],
  ],
  type: ['ServiceRequest', 'MedicationRequest'],
  region: 'regions',
  side: ['left', 'right'],
  rating: ['appropriate', 'not-appropriate', 'no-criteria-apply'],
  'recognised-by': ['code', 'text', 'drug'],
  'region-from': ['reason', 'site', 'procedure'],
};

/** A property of the order itself, as names. */
export const order: Reader = {
  ...nothing,
  name: 'order',
  does: 'gives a property of the order itself: its priority, intent, resource type, region, side, rating, or how it was recognised',
  arguments: { property: { kind: 'choice', of: Object.keys(PROPERTIES), required: true } },
  givesNames: true,
  names: ({ property = '' }) => NAMES[property],
  read: ({ property = '' }, setting): Reading => {
    const certain = PROPERTIES[property]?.(setting) ?? [];
    return {
      count: exactly(certain.length),
      measures: {},
      names: { certain, open: false },
      evidence: cited(setting.scoped.order),
      unread: [],
    };
  },
};

const PARTS: Readonly<Record<string, (order: Order) => readonly Words[]>> = {
  what: ({ whatOwn }) => [whatOwn],
  site: ({ site }) => [site],
  reason: ({ reasons }) => reasons,
  notes: ({ notes }) => [notes],
};

/** Whether the order's own codes and words bear a concept. */
export const orderMentions: Reader = {
  ...nothing,
  name: 'order-mentions',
  does: 'counts the parts of the order (what, site, reason, notes) whose codes or words bear a concept',
  arguments: {
    concept: { kind: 'concepts', required: true },
    except: { kind: 'concepts' },
    in: { kind: 'choices', of: Object.keys(PARTS) },
  },
  givesNames: false,
  read: ({ concept = [], except, in: parts = Object.keys(PARTS) }, { scoped, terminology }): Reading => {
    const words = parts
      .flatMap((part) => PARTS[part]?.(scoped.order) ?? [])
      .filter((one) => except === undefined || terminology.bearsAny(one, except) !== 'holds');
    const truths = words.map((one) => terminology.bearsAny(one, concept));
    const certain = truths.filter((one) => one === 'holds').length;
    const possible = truths.filter((one) => one === 'unknown').length;
    const open = parts.includes('reason') ? scoped.order.openReasons.length : 0;
    return {
      count: { min: certain, max: certain + possible + open },
      measures: {},
      evidence: cited(scoped.order),
      unread: [],
    };
  },
};

/** Drafts of the same call, beside the order, that bear a concept. */
export const drafts: Reader = {
  ...nothing,
  name: 'drafts',
  does: 'counts other draft orders of the same call that bear a concept',
  arguments: {
    concept: { kind: 'concepts', required: true },
    region: { kind: 'choice', of: ['not-other'] },
  },
  givesNames: false,
  read: ({ concept = [], region }, { scoped, drafts: all, terminology }): Reading => {
    const isElsewhere = ({ ownSite, reasons }: Order) => {
      const named = namedRegions(joinWords(ownSite, ...reasons), scoped.orderClass, terminology);
      return named.length > 0 && !named.some((one) => scoped.orderClass.regions.has(one));
    };
    const matching = all.filter(
      (draft) =>
        draft.index !== scoped.order.index &&
        terminology.bearsAny(draft.whatOwn, concept) === 'holds' &&
        !(region !== undefined && isElsewhere(draft)),
    );
    return { count: exactly(matching.length), measures: {}, evidence: matching.flatMap(cited), unread: [] };
  },
};
