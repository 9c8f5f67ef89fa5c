import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CardReason, Explanation, Reason, Seen, TimelineItem } from '../../workbench/explanation.ts';
import { longDay } from '../shared/format.ts';
import { texts } from './texts.ts';

/** What stands where, and how it is shown there. */
export interface Pointing {
  /** Shows where in the chart something was seen. */
  readonly point: (references: readonly string[] | undefined) => void;
  readonly pointed: readonly string[] | undefined;
  /** What stands on the time axis, by reference. */
  readonly onAxis: ReadonlyMap<string, TimelineItem>;
  /** References of the orders that the call is about. */
  readonly orders: ReadonlySet<string>;
}

/** The card that the call came to, also when it is kept back. */
export const isDecided = ({ isShown, unshown }: CardReason): boolean =>
  isShown || unshown === 'quiet' || unshown === 'silent';

/** Resources that the answer rests on: of the card that the call came to, else of the condition that silences, else of what was judged first. */
export function evidenceIn({ cards, orders }: Explanation): readonly string[] {
  if (orders.length === 0) return [];
  const judged = cards.filter(({ verdict }) => verdict !== 'other-order');
  const first = cards.find(isDecided) ?? judged.find(({ verdict }) => verdict === 'silent') ?? judged[0];
  if (first === undefined) return [];
  const silencing = first.verdict === 'silent' ? first.silence.filter(({ truth }) => truth === 'holds') : [];
  const lowering = first.caps.filter(({ truth }) => truth === 'holds');
  const reasons = [...first.when, ...silencing, ...lowering, ...first.outcomes];
  const told = first.evidence.map(({ reference }) => reference);
  return [...new Set([...told, ...reasons.flatMap(referencesIn)])];
}

const referencesIn = ({ evidence, parts }: Reason): string[] => [
  ...evidence.map(({ reference }) => reference),
  ...parts.flatMap(referencesIn),
];

/** What more there is to a line. */
export const Aside = ({ children }: { readonly children: ComponentChildren }) => (
  <span class="small muted">· {children} </span>
);

interface EvidenceProps extends Pointing {
  readonly evidence: readonly Seen[];
}

/** Lists what was seen, and shows where it stands on the time axis: not the patient, nor the order itself. */
export function Evidence({ evidence, point, pointed, onAxis, orders }: EvidenceProps) {
  const words = texts.why;
  const references = useMemo(() => evidence.map(({ reference }) => reference), [evidence]);
  if (evidence.length === 0) return null;
  if (references.every((reference) => orders.has(reference))) return <Aside>{words.inOrder}</Aside>;
  if (references.every((reference) => reference.startsWith('Patient/'))) return <Aside>{words.inRecord}</Aside>;
  if (!references.some((reference) => onAxis.has(reference))) return <Aside>{words.undated(evidence.length)}</Aside>;
  const isOpen = pointed === references;
  return (
    <>
      <button
        type="button"
        class="pointer"
        aria-expanded={isOpen}
        onClick={() => point(isOpen ? undefined : references)}
      >
        {words.evidence(evidence.length)}
      </button>
      {isOpen && (
        <div class="small entries">
          <ul>
            {[...entriesOf(evidence, onAxis)].map(([label, days]) => (
              <li key={label}>{[label, days.join(' · ')].filter(Boolean).join(': ')}</li>
            ))}
          </ul>
          <a href="#timeline">{words.onAxis}</a>
        </div>
      )}
    </>
  );
}

/** What was seen, each label once, with the days of its entries, the earliest first. */
function entriesOf(evidence: readonly Seen[], onAxis: Pointing['onAxis']): ReadonlyMap<string, readonly string[]> {
  const entries = new Map<string, string[]>();
  const seen = evidence.map(({ reference }) => onAxis.get(reference));
  for (const { label, from } of seen.filter((item) => item !== undefined).sort((a, b) => (a.from < b.from ? -1 : 1)))
    entries.set(label, [...(entries.get(label) ?? []), longDay(from)]);
  const undated = seen.filter((item) => item === undefined).length;
  if (undated > 0) entries.set(texts.why.undated(undated), []);
  return entries;
}
