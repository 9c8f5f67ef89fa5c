import { describe, expect, test } from 'vitest';
import { considerCall } from '../../src/answer.ts';
import { parseHookRequest } from '../../src/cds-hooks/request.ts';
import { isoDay } from '../../src/clinical/dates.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { expectations, readPatient, readRequest } from '../support/fixtures.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
void isoDay;
void readPatient;
describe('fixtures', () => {
  test.each(expectations().map((row) => [row.file, row] as const))('%s', async (_, row) => {
    const request = parseHookRequest(readRequest(row.file), ['order-select', 'order-sign']);
    const service = knowledge.services.find(({ hook }) => hook === request.hook);
    const { response, decision } = await considerCall(service?.id ?? '', request, {
      knowledge,
      timeZone: 'UTC',
      clock: () => new Date(`${row.today}T12:00:00Z`),
      openReader: () => undefined,
    });
    const card = response.cards[0];
    console.log(
      row.file,
      row.expect,
      card?.indicator,
      card?.summary,
      decision?.silencedBy?.criterion,
      decision?.judgements.map((j) => `${j.card.id}:${j.verdict}:${j.silencedBy ?? ''}`).join(' '),
      '\n',
      card?.detail ?? '',
    );
    expect(card?.indicator ?? 'silent').toBe(row.expect);
  });
});
