import { describe, expect, test } from 'vitest';
import { admitAnybody } from '../../src/cli/admission.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { foundText, verdictText } from '../../src/pages/workbench/why-words.ts';
import { en } from '../../src/pages/workbench/words-en.ts';
import { es } from '../../src/pages/workbench/words-es.ts';
import { explainCall } from '../../src/workbench/explain.ts';
import type { CardReason, Explanation, Reason } from '../../src/workbench/explanation.ts';
import { readRequest } from '../support/fixtures.ts';

const TODAY = '2026-11-24';
const KNOWLEDGE = loadKnowledge({ dir: 'cards' });
const DEPS = {
  clock: () => new Date(`${TODAY}T12:00:00Z`),
  timeZone: 'UTC',
  openReader: admitAnybody({ fhirBudgetMs: 1000 }).openReader,
};

const explain = (story: string, locale = 'en', more = {}): Promise<Explanation> => {
  const knowledge = KNOWLEDGE.translations.get(locale) ?? KNOWLEDGE;
  return explainCall(readRequest(`order-select/${story}.json`) as never, { ...DEPS, knowledge, ...more });
};
const firing = async (story: string) => (await explain(story)).cards.find(({ isShown }) => isShown);

test('the outcome that asks for nothing stands last where it came to that', async () => {
  const card = await firing('sciatica-no-physiotherapy-data');
  expect(card?.outcomes.at(-1)).toMatchObject({ says: 'otherwise', outcome: 'no-record', truth: 'holds' });
  const other = await firing('gluteal-no-rehab');
  expect(other?.outcomes.map(({ says }) => says)).not.toContain('otherwise');
});

test('what a card says under a condition is evidence when that holds', async () => {
  const card = await firing('stenosis-stale-physiotherapy');
  const seen = card?.evidence.map(({ reference }) => reference);
  const { timeline } = await explain('stenosis-stale-physiotherapy');
  const apixaban = timeline.filter(({ label }) => /apixaban/i.test(label)).map(({ reference }) => reference);
  expect(apixaban.length).toBeGreaterThan(0);
  expect(seen).toEqual(expect.arrayContaining(apixaban));
});

const partsOf = ({ when, silence, caps, outcomes }: CardReason): Reason[] => [
  ...when,
  ...silence,
  ...caps,
  ...outcomes,
];
const all = (reasons: readonly Reason[]): Reason[] => reasons.flatMap((one) => [one, ...all(one.parts)]);
const reasonsIn = ({ cards }: Explanation): Reason[] => all(cards.flatMap(partsOf));

describe.each([
  [
    'en',
    [
      ['gluteal-third-steroid', 'fails', 'age: less than 18 years · found: 61 years'],
      [
        'gluteal-completed-programme',
        'holds',
        'physiotherapy (within 26 weeks): at least 6 contacts · found: 12 contacts',
      ],
      [
        'gluteal-completed-programme',
        'holds',
        'physiotherapy (within 26 weeks), duration: at least 8 weeks · found: 9 weeks',
      ],
      ['gluteal-completed-programme', 'holds', 'symptoms, duration: at least 13 weeks · found: 14 weeks'],
      [
        'gluteal-third-steroid',
        'fails',
        'time since the last injection at this hip · injections at this hip (within 12 months), time since the last: less than 91 days · found: 153 days',
      ],
      [
        'gluteal-third-steroid',
        'fails',
        'setting is emergency, inpatient, acute inpatient, non-acute inpatient, or observation · found: outpatient',
      ],
      [
        'radiofrequency-urgent',
        'holds',
        'urgent order · priority of the order is urgent, as soon as possible, or at once · found: urgent',
      ],
      ['gluteal-third-steroid', 'fails', 'temperature (within 7 days), highest: at least 38 °C · found: 36.7 °C'],
      ['gluteal-third-steroid', 'fails', 'cauda equina syndrome (within 90 days) · found: nothing'],
      ['sciatica-partial-care', 'holds', 'no injection into a muscle · found: nothing'],
      ['gluteal-third-steroid', 'fails', 'Not all conditions could be read.'],
    ],
    ['fires · not repeated: answered not long ago', 'fires · not shown: this client is shown nothing yet'],
  ],
  [
    'es',
    [
      ['gluteal-third-steroid', 'fails', 'edad: menos de 18 años · consta: 61 años'],
      [
        'gluteal-completed-programme',
        'holds',
        'fisioterapia (hace como máximo 26 semanas): al menos 6 sesiones · consta: 12 sesiones',
      ],
      ['gluteal-completed-programme', 'holds', 'síntomas, duración: al menos 13 semanas · consta: 14 semanas'],
      [
        'gluteal-third-steroid',
        'fails',
        'ámbito asistencial es urgencias, ingreso, ingreso de agudos, ingreso de no agudos u observación · consta: consulta externa',
      ],
      [
        'radiofrequency-urgent',
        'holds',
        'solicitud urgente · prioridad de la solicitud es urgente, lo antes posible o inmediata · consta: urgente',
      ],
      [
        'gluteal-third-steroid',
        'fails',
        'temperatura (hace como máximo 7 días), máximo: al menos 38 °C · consta: 36,7 °C',
      ],
      ['sciatica-partial-care', 'holds', 'sin infiltración en un músculo · consta: nada'],
    ],
    [
      'se aplica · no se repite: se respondió hace poco',
      'se aplica · no se muestra: a este cliente aún no se le muestra nada',
    ],
  ],
] as const)('why and why not, in %s', (locale, said, [quiet, silent]) => {
  const words = locale === 'es' ? es.why : en.why;
  const written = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format;
  const lineOf = ({ says, test: tested, found }: Reason): string =>
    [says, tested, found && foundText(found, words.found, written)].filter(Boolean).join(' · ');

  test.each([...said])('of %s: %s: %s', async (story, truth, line) => {
    const lines = reasonsIn(await explain(story, locale)).map((one) => [one.truth, lineOf(one)]);
    expect(lines).toContainEqual([truth, line]);
  });

  test('a card that is kept back says so', async () => {
    const first = async (more: object) => {
      const { cards } = await explain('gluteal-no-rehab', locale, more);
      return cards.filter(({ verdict }) => verdict === 'fires').map((card) => [card.isShown, verdictText(card, words)]);
    };
    expect(await first({ isAnswered: async () => true })).toEqual([[false, quiet]]);
    expect(await first({ isSilent: () => true })).toEqual([[false, silent]]);
  });
});

describe('a criterion', () => {
  test('says how its parts make it up', async () => {
    const reasons = reasonsIn(await explain('sciatica-urinary-retention'));
    const signs = reasons.find(({ says }) => says === 'cauda equina signs');
    expect(signs).toMatchObject({ truth: 'holds', group: 'any', criterion: 'cauda-equina' });
    expect(signs?.parts.map(({ truth }) => truth)).toEqual(['fails', 'holds', 'fails']);
  });

  test('bears its title once on the way down, and no group has one part', async () => {
    const reasons = reasonsIn(await explain('gluteal-completed-programme'));
    const care = reasons.find(({ says }) => says === 'adequate conservative care');
    expect(care?.group).toBe('all');
    expect(care?.parts.map(({ says, group }) => says ?? group)).toEqual([
      'any',
      'symptoms, duration: at least 13 weeks',
      'not: full-thickness gluteal tendon tear',
    ]);
    for (const { says, parts } of reasons) {
      const titles = all(parts).flatMap((part) => (part.criterion === undefined ? [] : [part.says]));
      if (says === undefined) expect(parts.length).toBeGreaterThan(1);
      else expect(titles).not.toContain(says);
    }
  });

  test.each(['gluteal-third-steroid', 'sciatica-partial-care', 'back-pain-fusion-five-visits', 'piriformis-pregnant'])(
    'shows no ids: %s',
    async (story) => {
      const spoken = reasonsIn(await explain(story)).flatMap(({ says = '', test: tested = '', found }) => [
        says,
        tested,
        ...(found?.names ?? []),
      ]);
      expect(spoken.filter((text) => /`|[a-z]\.[a-z]|\[|\b[A-Z]{4,6}\b|\b[a-z]+-since\b/.test(text))).toEqual([]);
    },
  );
});

test('what could not be judged counts as its author decided, and the page is told', async () => {
  const request = readRequest('order-select/gluteal-no-rehab.json');
  const { encounter: _, ...prefetch } = request.prefetch as Record<string, unknown>;
  const context = { ...request.context, encounterId: 'elsewhere' };
  const { cards } = await explainCall({ ...request, context, prefetch } as never, { ...DEPS, knowledge: KNOWLEDGE });
  const caps = cards.flatMap((card) => all(card.caps));
  expect(caps).toContainEqual(
    expect.objectContaining({
      says: 'Whether this is an inpatient or emergency encounter could not be read.',
      truth: 'holds',
      byDefault: true,
    }),
  );
});
