import { scaleLinear } from 'd3-scale';
import type { ClientReport, Counts, Report } from '../../insights/report.ts';
import { number, share } from '../shared/format.ts';
import { texts } from './texts.ts';

/** What fires without being seen, beside what is shown: what would change if it were live. */
export function Unseen({ report: { total, cards, clients, names } }: { readonly report: Report }) {
  const { title, lead, none, byCard, byClient, ...words } = texts.unseen;
  if (total.silent + total.draft === 0) return <p class="panel lead">{none}</p>;
  const tried = cards.filter(({ fired }) => fired > 0);
  const most = Math.max(1, ...tried.map((one) => Math.max(one.shown, one.silent + one.draft)));
  return (
    <section class="panel">
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
      <ul class="legend">
        <Key kind="accepted" says={words.shown} />
        <Key kind="trial" says={words.unseen} />
      </ul>
      <h3>{byCard}</h3>
      <table class="wide">
        <Head columns={[words.card, '', words.firing, words.shown, words.silent, words.draft]} />
        <tbody>
          {tried.map((card) => (
            <tr key={`${card.card} ${card.version}`}>
              <th scope="row">
                {names.cards[card.card]?.title ?? card.card} <span class="version">{card.version}</span>
              </th>
              <td class="drawn">
                <Twin card={card} most={most} />
              </td>
              <td class="number" data-label={words.firing}>
                {share(card.fired, card.judged)}
              </td>
              <Numbers of={card} />
            </tr>
          ))}
        </tbody>
      </table>
      <h3 class="below">{byClient}</h3>
      <table class="wide">
        <Head columns={[words.client, words.inScope, words.perHundred, words.shown, words.silent, words.draft]} />
        <tbody>
          {clients.map((client) => (
            <tr key={client.client}>
              <th scope="row">{client.client === '' ? words.openMode : client.client}</th>
              <td class="number" data-label={words.inScope}>
                {number(client.inScope)}
              </td>
              <td class="number" data-label={words.perHundred}>
                {perHundred(client)}
              </td>
              <Numbers of={client} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const perHundred = ({ inScope, shown, silent }: ClientReport): string =>
  inScope === 0 ? '–' : number(Math.round(((shown + silent) / inScope) * 100));

function Key({ kind, says }: { readonly kind: string; readonly says: string }) {
  return (
    <li>
      <svg class={`key ${kind}`} aria-hidden="true">
        <rect width="100%" height="100%" rx="3" />
      </svg>
      {says}
    </li>
  );
}

function Head({ columns }: { readonly columns: readonly string[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column, index) =>
          column === '' ? (
            <td key="drawn" />
          ) : (
            <th scope="col" class={index === 0 ? '' : 'number'} key={column}>
              {column}
            </th>
          ),
        )}
      </tr>
    </thead>
  );
}

function Numbers({ of }: { readonly of: Counts }) {
  const { shown, silent, draft } = texts.unseen;
  return (
    <>
      <td class="number" data-label={shown}>
        {number(of.shown)}
      </td>
      <td class="number" data-label={silent}>
        {number(of.silent)}
      </td>
      <td class="number" data-label={draft}>
        {number(of.draft)}
      </td>
    </>
  );
}

function Twin({ card: { shown, silent, draft }, most }: { readonly card: Counts; readonly most: number }) {
  const x = scaleLinear([0, most], [0, 100]);
  return (
    <svg class="twin" aria-hidden="true">
      <rect class="accepted" width={`${x(shown)}%`} height="8" rx="3" />
      <rect class="trial" width={`${x(silent + draft)}%`} height="8" y="11" rx="3" />
    </svg>
  );
}
