import { useRef } from 'preact/hooks';
import { Fold } from '../shared/fold.tsx';
import { Json } from '../shared/json.tsx';
import type { Resource } from './chart.ts';
import { nameOf, OWN_DRAFT, referenceOf } from './order.ts';
import { texts } from './texts.ts';

interface DraftsProps {
  readonly drafts: readonly Resource[];
  readonly startOver: () => void;
}

/** The doctor's unsigned orders; those that an accepted suggestion took away stay visible, struck through. */
export function Drafts({ drafts, startOver }: DraftsProps) {
  const words = texts.drafts;
  const first = useRef<Resource | undefined>(undefined);
  const own = drafts.find(({ id }) => id === OWN_DRAFT);
  if (own !== undefined) first.current = own;
  const removed = own === undefined && first.current !== undefined ? [first.current] : [];
  const isChanged = removed.length > 0 || drafts.length > 1;
  return (
    <section class="panel drafts">
      <h2>{words.title}</h2>
      <ul>
        {removed.map((draft) => (
          <li key={referenceOf(draft)}>
            <del>{nameOf(draft)}</del> <span class="badge warn">{words.removed}</span>
          </li>
        ))}
        {drafts.map((draft) => (
          <li key={referenceOf(draft)}>
            <Fold
              summary={
                <>
                  {nameOf(draft)} {draft !== own && <span class="badge info">{words.created}</span>}
                </>
              }
            >
              {() => <Json label={nameOf(draft)} value={draft} />}
            </Fold>
          </li>
        ))}
      </ul>
      {isChanged && (
        <button type="button" class="button" onClick={startOver}>
          {words.reset}
        </button>
      )}
    </section>
  );
}
