import { useState } from 'preact/hooks';
import type { Report } from '../../insights/report.ts';
import { moment, number } from '../shared/format.ts';
import { texts } from './texts.ts';

const FIRST = 8;

/** Overrides that say the chart lacks something: each is a call to look up. */
export function Review({ report: { review, names, period } }: { readonly report: Report }) {
  const [isWhole, setWhole] = useState(false);
  const { title, lead, none, shown, card, client, reason, instance, more, all } = texts.review;
  const { items, total } = review;
  if (total === 0) return <p class="panel lead">{none}</p>;
  const listed = isWhole ? items : items.slice(0, FIRST);
  return (
    <section class="panel">
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <table class="wide">
        <thead>
          <tr>
            {[shown, reason, card, client, instance].map((heading) => (
              <th scope="col" key={heading}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listed.map((item) => (
            <tr key={`${item.hookInstance} ${item.card} ${item.shown}`}>
              <th scope="row">
                <time dateTime={item.shown}>{moment(item.shown, period.timeZone)}</time>
              </th>
              <td data-label={reason}>{names.reasons[item.reason] ?? item.reason}</td>
              <td data-label={card}>{names.cards[item.card]?.title ?? item.card}</td>
              <td data-label={client}>{item.client === '' ? texts.unseen.openMode : item.client}</td>
              <td data-label={instance}>
                <code>{item.hookInstance}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!isWhole && items.length > FIRST && (
        <button type="button" class="button below" onClick={() => setWhole(true)}>
          {all(number(items.length))}
        </button>
      )}
      {total > items.length && <p class="small below">{more(number(items.length), number(total))}</p>}
    </section>
  );
}
