import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../src/errors.ts';
import { openStore } from '../../src/store/open.ts';
import type { CardRecord } from '../../src/store/store.ts';
import { ENGINES, KEY, NOW, type TestDatabase } from './engines.ts';
import { aCard, accepted, aDecision, CALLER, daysBefore, overridden, PATIENT, uuid } from './records.ts';

const COMMENT = 'Margaret did twelve weeks of it in town';
const CLASS = 'trochanteric-gluteal-injection';
const OTHER_CALLERS = [
  { client: 'south-hospital', tenant: 'ward-1' },
  { client: 'north-hospital', tenant: 'ward-2' },
];

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const row of rows) read.push(row);
  return read;
}

/** Statements that put one decision back into the tables of the first version. */
const backToFirstVersion = (decision: string, cards: readonly CardRecord[]): string[] => [
  'create table decision_card (decision text not null references decision (id), position integer not null, card text not null, version text not null, order_class text not null, verdict text not null, silenced_by text, outcome text, indicator text, disposition text, uuid text, evidence text not null, primary key (decision, position))',
  'create index decision_card_uuid on decision_card (uuid)',
  ...cards.map(
    ({ card, version, orderClass, verdict, outcome, indicator, disposition, uuid: shown, references }, position) =>
      `insert into decision_card values ('${decision}', ${position}, '${card}', '${version}', '${orderClass}', '${verdict}', null, '${outcome}', '${indicator}', '${disposition}', '${shown}', '${JSON.stringify(references)}')`,
  ),
  'drop index decision_uuid',
  'alter table decision drop column cards',
  'alter table decision drop column uuid',
  'drop index feedback_patient',
  ...['patient', 'order_class', 'shown_card'].map((column) => `alter table feedback drop column ${column}`),
];

describe.each(ENGINES)('the store on %s', (name, engine) => {
  let database: TestDatabase;

  beforeAll(engine.start);
  afterAll(engine.stop);
  beforeEach(async () => {
    database = await engine.create();
  });
  afterEach(() => database.remove());

  const count = async (table: string) => Number((await database.query(`select count(*) as n from ${table}`))[0]?.n);
  const feedbackRows = () => database.query('select * from feedback order by answered, id');

  describe('opening', () => {
    test('a second start finds the tables as they are, and every row', async () => {
      const first = await database.open();
      await first.recordDecision(aDecision());
      await first.recordFeedback([overridden()], CALLER);
      await first.insertJti('issuer', 'jti', new Date(NOW.getTime() + 60_000));
      await first.close();
      const second = await database.open();
      expect(await count('decision')).toBe(1);
      expect(await second.answeredWithin({ ...PATIENT, orderClass: CLASS, since: daysBefore(30) })).toBe(true);
      expect(await second.insertJti('issuer', 'jti', new Date(NOW.getTime() + 60_000))).toBe(false);
    });

    test('a database of the first version is brought up to date, and says what it said', async () => {
      const first = await database.open();
      const cards = [aCard(), aCard({ card: 'other', uuid: uuid(2), references: [] })];
      await first.recordDecision(aDecision({ cards }));
      await first.recordFeedback([overridden()], CALLER);
      await first.close();
      const [row] = await database.query('select id from decision');
      for (const statement of [
        ...backToFirstVersion(String(row?.id), cards),
        "delete from kysely_migration where name like '0002%'",
      ])
        await database.query(statement);

      const store = await database.open();
      const period = { since: daysBefore(1), until: daysBefore(-1) };
      const [decisions, answers] = [await all(store.decisions(period)), await all(store.feedback(period))];
      expect(decisions).toEqual([expect.objectContaining({ id: row?.id, cards })]);
      expect(answers).toEqual([
        expect.objectContaining({ showing: expect.objectContaining({ card: 'gluteal-injection', orderClass: CLASS }) }),
      ]);
      expect(await store.answeredWithin({ ...PATIENT, orderClass: CLASS, since: daysBefore(30) })).toBe(true);
    });

    test('eight starts at once migrate once', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, () => database.open()));
      await Promise.all(stores.map((store) => store.recordDecision(aDecision())));
      await Promise.all(stores.map((store) => store.flush()));
      expect(stores.map((store) => store.isHealthy())).toEqual(stores.map(() => true));
      expect(await count('kysely_migration')).toBe(2);
      expect(await count('decision')).toBe(8);
    });

    test('another patient key than before is refused', async () => {
      await (await database.open()).close();
      await expect(database.open({ patientKey: 'f'.repeat(64) })).rejects.toThrow(/another PATIENT_KEY/);
    });

    test('a new key is taken once the mark of the old one is removed', async () => {
      await (await database.open()).close();
      await database.query("delete from property where name = 'patient-key' returning name");
      expect((await database.open({ patientKey: 'f'.repeat(64) })).isHealthy()).toBe(true);
    });

    test.each(['', 'short', 'g'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}a`])(
      'the key "%s" is refused',
      async (patientKey) => {
        await expect(database.open({ patientKey })).rejects.toThrow(/PATIENT_KEY: must be 32 bytes/);
      },
    );

    test('a key in base64 is the same key as in hexadecimal digits', async () => {
      const hex = await database.open();
      const base64 = await database.open({ patientKey: Buffer.from(KEY, 'hex').toString('base64') });
      expect(base64.patientHmac(PATIENT)).toBe(hex.patientHmac(PATIENT));
    });
  });

  describe('decisions', () => {
    test('are kept whole', async () => {
      const store = await database.open();
      const silent = aCard({ card: 'other', verdict: 'silent', silencedBy: 'red-flags', references: [] });
      const { outcome: _, indicator: __, disposition: ___, uuid: ____, ...quietOther } = silent;
      await store.recordDecision(aDecision({ failure: 'chart-incomplete', cards: [aCard(), quietOther] }));
      await store.flush();
      expect(await database.query('select * from decision')).toEqual([
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          time: expect.toSatisfy((time) => Number(time) === NOW.getTime()),
          hook_instance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
          client: 'north-hospital',
          tenant: 'ward-1',
          hook: 'order-select',
          service: 'rehab-first-order-select',
          knowledge: 'sha256:3f6c',
          patient: store.patientHmac(PATIENT),
          order_classes: '["trochanteric-gluteal-injection"]',
          failure: 'chart-incomplete',
          cards: JSON.stringify([aCard(), quietOther]),
          uuid: uuid(1),
          timings: '{"assemble":12.5,"decide":0.4}',
        },
      ]);
    });

    test('no row names the patient', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await store.recordFeedback([overridden()], CALLER);
      const rows = [await database.query('select * from decision'), await feedbackRows()];
      expect(JSON.stringify(rows)).not.toContain(PATIENT.patient);
    });

    test('a call without cards is kept too', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision({ cards: [] }));
      await store.flush();
      expect(await count('decision')).toBe(1);
    });

    test('a thousand at once are all there', async () => {
      const store = await database.open();
      await Promise.all(Array.from({ length: 1000 }, () => store.recordDecision(aDecision())));
      await store.flush();
      expect(await count('decision')).toBe(1000);
    });

    test('arrive without a flush', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await vi.waitFor(async () => expect(await count('decision')).toBe(1), { timeout: 2000 });
    });

    test('closing sends what waits, and refuses more', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await store.close();
      expect(await count('decision')).toBe(1);
      await expect(store.recordDecision(aDecision())).rejects.toThrow(Unavailable);
      await expect(store.recordFeedback([overridden()], CALLER)).rejects.toThrow(Unavailable);
      expect(store.isHealthy()).toBe(false);
      await store.close();
    });
  });

  describe('patients', () => {
    test('one patient id with two clients or tenants is two patients', async () => {
      const store = await database.open();
      const names = [CALLER, ...OTHER_CALLERS].map((caller) => store.patientHmac({ ...caller, patient: '1' }));
      expect(new Set(names).size).toBe(3);
      expect(store.patientHmac({ client: 'a', tenant: 'b|c', patient: 'd' })).not.toBe(
        store.patientHmac({ client: 'a|b', tenant: 'c', patient: 'd' }),
      );
    });
  });

  describe('feedback', () => {
    test('is kept whole, apart from the comment', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      const reason = { system: 'https://example.org/reasons', code: 'rehab-done-elsewhere' };
      await store.recordFeedback(
        [overridden({ overrideReason: { reason, userComment: COMMENT } }), accepted()],
        CALLER,
      );
      const about = { patient: store.patientHmac(PATIENT), order_class: CLASS, shown_card: 'gluteal-injection' };
      expect(
        (await feedbackRows()).map(({ id: _, answered, received, ...row }) => ({
          ...row,
          answered: Number(answered),
          received: Number(received),
        })),
      ).toEqual([
        {
          ...about,
          card: uuid(1),
          ...CALLER,
          outcome: 'overridden',
          accepted: '[]',
          reason_system: 'https://example.org/reasons',
          reason_code: 'rehab-done-elsewhere',
          comment: null,
          outcome_timestamp: '2026-03-01T11:59:00Z',
          answered: Date.parse('2026-03-01T11:59:00Z'),
          received: NOW.getTime(),
          known: 1,
        },
        {
          ...about,
          card: uuid(1),
          ...CALLER,
          outcome: 'accepted',
          accepted: '["suggestion-1"]',
          reason_system: null,
          reason_code: null,
          comment: null,
          outcome_timestamp: '2026-03-01T11:59:30Z',
          answered: Date.parse('2026-03-01T11:59:30Z'),
          received: NOW.getTime(),
          known: 1,
        },
      ]);
    });

    test('a comment is kept by setting, on a known card only', async () => {
      const store = await database.open({ keepComments: true });
      await store.recordDecision(aDecision());
      const overrideReason = { userComment: COMMENT };
      await store.recordFeedback(
        [overridden({ overrideReason }), overridden({ card: uuid(2), overrideReason })],
        CALLER,
      );
      expect(await database.query('select card, comment, known from feedback order by card')).toEqual([
        { card: uuid(1), comment: COMMENT, known: 1 },
        { card: uuid(2), comment: null, known: 0 },
      ]);
    });

    test('identical items count once: in one call, in two calls, in two replicas at once', async () => {
      const [one, two] = [await database.open(), await database.open()];
      await one.recordFeedback([overridden(), overridden()], CALLER);
      await one.recordFeedback([overridden()], CALLER);
      await Promise.all([one.recordFeedback([accepted()], CALLER), two.recordFeedback([accepted()], CALLER)]);
      expect(await count('feedback')).toBe(2);
    });

    test.each([
      ['another outcome', accepted()],
      ['another time', overridden({ outcomeTimestamp: '2026-03-01T11:59:01Z' })],
      ['another reason', overridden({ overrideReason: { reason: { code: 'other' } } })],
      ['another comment', overridden({ overrideReason: { userComment: COMMENT } })],
      ['another card', overridden({ card: uuid(2) })],
    ])('%s is another item', async (_, item) => {
      const store = await database.open();
      await store.recordFeedback([overridden(), item], CALLER);
      expect(await count('feedback')).toBe(2);
    });

    test.each(OTHER_CALLERS)(
      'a card is known only to the caller that was shown it, not to $client $tenant',
      async (caller) => {
        const store = await database.open();
        await store.recordDecision(aDecision());
        await store.recordFeedback([overridden()], CALLER);
        await store.recordFeedback([overridden()], caller);
        expect(await database.query('select client, tenant, known from feedback order by known')).toEqual([
          { ...caller, known: 0 },
          { ...CALLER, known: 1 },
        ]);
      },
    );

    test('what no client should send does no harm', async () => {
      const store = await database.open({ keepComments: true });
      await store.recordDecision(aDecision());
      await store.recordFeedback(
        [
          overridden({ card: 'x'.repeat(100_000) }),
          overridden({ overrideReason: { userComment: 'a\0b\ud800c' } }),
          overridden({ overrideReason: { reason: { code: 'y'.repeat(100_000) } } }),
          overridden({ outcomeTimestamp: '9999-12-31T23:59:59Z' }),
          accepted({ acceptedSuggestions: Array.from({ length: 1000 }, (_, id) => ({ id: `\0${id}` })) }),
        ],
        CALLER,
      );
      expect(await count('feedback')).toBe(5);
      expect(await database.query('select comment from feedback where comment is not null')).toEqual([
        { comment: 'a\ufffdb\ufffdc' },
      ]);
      expect(await database.query(`select card from feedback where answered > ${NOW.getTime()}`)).toEqual([]);
      expect(store.isHealthy()).toBe(true);
    });

    test('thousands of items go in one call', async () => {
      const store = await database.open();
      await store.recordFeedback(
        Array.from({ length: 2500 }, (_, number) => overridden({ card: uuid(number) })),
        CALLER,
      );
      expect(await count('feedback')).toBe(2500);
    });

    test('many calls at once are all kept', async () => {
      const store = await database.open();
      await Promise.all(
        Array.from({ length: 200 }, (_, number) => store.recordFeedback([overridden({ card: uuid(number) })], CALLER)),
      );
      expect(await count('feedback')).toBe(200);
    });
  });

  describe('whether a card was answered', () => {
    const query = { ...PATIENT, orderClass: CLASS, since: daysBefore(30) };
    const answer = async (item = overridden(), from = CALLER) => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await store.recordFeedback([item], from);
      return store;
    };

    test.each([
      ['overridden', overridden()],
      ['accepted', accepted()],
      ['answered just within the time', overridden({ outcomeTimestamp: daysBefore(30).toISOString() })],
    ])('%s: yes', async (_, item) => {
      expect(await (await answer(item)).answeredWithin(query)).toBe(true);
    });

    test.each([
      ['answered before the time', overridden({ outcomeTimestamp: daysBefore(30.01).toISOString() }), {}],
      ['another order class', overridden(), { orderClass: 'lumbar-fusion' }],
      ['another card of the class, where one card is asked about', overridden(), { card: 'trochanteric-limit' }],
      ['another patient', overridden(), { patient: 'patient-other' }],
      ['another client', overridden(), { client: 'south-hospital' }],
      ['another tenant', overridden(), { tenant: 'ward-2' }],
      ['feedback on another card', overridden({ card: uuid(2) }), {}],
    ])('%s: no', async (_, item, changes) => {
      expect(await (await answer(item)).answeredWithin({ ...query, ...changes })).toBe(false);
    });

    test('the card that is asked about: yes', async () => {
      const [{ card = '' } = {}] = aDecision().cards;
      expect(await (await answer()).answeredWithin({ ...query, card })).toBe(true);
    });

    test.each(OTHER_CALLERS)("feedback of $client $tenant on this caller's card: no", async (caller) => {
      expect(await (await answer(overridden(), caller)).answeredWithin(query)).toBe(false);
    });

    test('shown and not answered: no', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await store.flush();
      expect(await store.answeredWithin(query)).toBe(false);
    });

    test('another replica knows at once', async () => {
      await answer();
      expect(await (await database.open()).answeredWithin(query)).toBe(true);
    });
  });

  describe('token ids', () => {
    const later = new Date(NOW.getTime() + 300_000);

    test('of a hundred replays at once on two replicas, exactly one is new', async () => {
      const stores = [await database.open(), await database.open()];
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => stores[index % 2]?.insertJti('issuer', 'jti', later)),
      );
      expect(answers.filter((isNew) => isNew)).toHaveLength(1);
    });

    test('an expired one is new once more, exactly once', async () => {
      const store = await database.open();
      expect(await store.insertJti('issuer', 'jti', daysBefore(1))).toBe(true);
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.insertJti('issuer', 'jti', later)));
      expect(answers.filter((isNew) => isNew)).toHaveLength(1);
    });

    test('issuers do not share them; very long ones are told apart', async () => {
      const store = await database.open();
      const long = 'x'.repeat(10_000);
      const ids = [
        ['one', 'jti'],
        ['two', 'jti'],
        ['one', `${long}1`],
        ['one', `${long}2`],
      ] as const;
      for (const [issuer, jti] of ids) expect(await store.insertJti(issuer, jti, later)).toBe(true);
      for (const [issuer, jti] of ids) expect(await store.insertJti(issuer, jti, later)).toBe(false);
    });
  });

  describe('reading', () => {
    const everything = { since: new Date(0), until: new Date(NOW.getTime() + 1) };
    const all = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
      const read: T[] = [];
      for await (const row of rows) read.push(row);
      return read;
    };

    test('gives back what was recorded, the patient as an HMAC', async () => {
      const store = await database.open();
      const {
        outcome: _,
        indicator: __,
        disposition: ___,
        uuid: ____,
        ...fails
      } = aCard({ card: 'b', verdict: 'fails' });
      const given = aDecision({ failure: 'chart-incomplete', cards: [aCard(), { ...fails, silencedBy: 'fracture' }] });
      await store.recordDecision(given);
      const { patient: ___p, ...kept } = given;
      expect(await all(store.decisions(everything))).toEqual([
        { ...kept, id: expect.any(String), patientHmac: store.patientHmac(PATIENT) },
      ]);
    });

    test('feedback comes with the first showing of its card to that caller, a comment only where it was kept', async () => {
      const store = await database.open({ keepComments: true });
      const later = { hookInstance: 'later', cards: [aCard()] };
      await store.recordDecision(aDecision(later));
      await store.recordDecision(aDecision({ time: daysBefore(1), hookInstance: 'first' }));
      await store.recordFeedback([overridden({ overrideReason: { userComment: COMMENT } })], CALLER);
      await store.recordFeedback(
        [overridden({ overrideReason: { userComment: COMMENT } })],
        OTHER_CALLERS[0] ?? CALLER,
      );
      await store.recordFeedback([accepted()], CALLER);
      const showing = {
        time: daysBefore(1),
        hook: 'order-select',
        hookInstance: 'first',
        card: 'gluteal-injection',
        version: '1.0.0',
        orderClass: CLASS,
      };
      const item = { id: expect.any(String), card: uuid(1), received: NOW };
      const read = await all(store.feedback(everything));
      expect(read).toHaveLength(3);
      expect(read).toEqual(
        expect.arrayContaining([
          {
            ...item,
            ...CALLER,
            outcome: 'overridden',
            accepted: [],
            comment: COMMENT,
            answered: new Date('2026-03-01T11:59:00Z'),
            said: new Date('2026-03-01T11:59:00Z'),
            showing,
          },
          {
            ...item,
            ...OTHER_CALLERS[0],
            outcome: 'overridden',
            accepted: [],
            answered: new Date('2026-03-01T11:59:00Z'),
            said: new Date('2026-03-01T11:59:00Z'),
          },
          {
            ...item,
            ...CALLER,
            outcome: 'accepted',
            accepted: ['suggestion-1'],
            answered: new Date('2026-03-01T11:59:30Z'),
            said: new Date('2026-03-01T11:59:30Z'),
            showing,
          },
        ]),
      );
    });

    test('reasons come with and without a system', async () => {
      const store = await database.open();
      const reasons = [{ code: 'a' }, { code: 'b', system: 'https://example.org/reasons' }];
      for (const reason of reasons) await store.recordFeedback([overridden({ overrideReason: { reason } })], CALLER);
      const read = (await all(store.feedback(everything))).map(({ reason }) => reason);
      expect(read).toEqual(expect.arrayContaining(reasons));
    });

    test('takes the first moment of a period and not its end', async () => {
      const store = await database.open();
      for (const time of [daysBefore(2), daysBefore(1), NOW]) await store.recordDecision(aDecision({ time }));
      const read = await all(store.decisions({ since: daysBefore(2), until: NOW }));
      expect(read.map(({ time }) => time)).toEqual([daysBefore(2), daysBefore(1)]);
      await store.recordFeedback([overridden()], CALLER);
      expect(await all(store.feedback({ since: NOW, until: new Date(NOW.getTime() + 1) }))).toHaveLength(1);
      expect(await all(store.feedback({ since: daysBefore(9), until: NOW }))).toEqual([]);
    });

    test('gives each row once and in order over many pages, however many share a moment', async () => {
      const store = await database.open();
      const times = Array.from({ length: 1001 }, (_, number) => daysBefore(1 + (number % 3)));
      await Promise.all(
        times.map((time, n) => store.recordDecision(aDecision({ time, cards: [aCard({ uuid: uuid(n) })] }))),
      );
      await store.recordFeedback(
        times.map((_, number) => overridden({ card: uuid(number) })),
        CALLER,
      );
      const decisions = await all(store.decisions(everything));
      expect(new Set(decisions.flatMap(({ cards }) => cards.map((card) => card.uuid))).size).toBe(1001);
      expect(decisions).toHaveLength(1001);
      const moments = decisions.map(({ time }) => time.getTime());
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      const feedback = await all(store.feedback(everything));
      expect(feedback).toHaveLength(1001);
      expect(new Set(feedback.map(({ card }) => card)).size).toBe(1001);
      expect(feedback.every(({ card, showing }) => showing !== undefined && card !== '')).toBe(true);
    });

    test('lets others take their turn, and can be left at any row', async () => {
      const store = await database.open();
      await Promise.all(Array.from({ length: 500 }, () => store.recordDecision(aDecision())));
      let turns = 0;
      const timer = setInterval(() => {
        turns += 1;
      }, 0);
      expect(await all(store.decisions(everything))).toHaveLength(500);
      clearInterval(timer);
      expect(turns).toBeGreaterThan(0);
      for await (const { id } of store.decisions(everything)) {
        expect(id).not.toBe('');
        break;
      }
      expect(store.isHealthy()).toBe(true);
    });

    test('an erased patient is read no more', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await store.recordFeedback([overridden()], CALLER);
      await store.erasePatient(store.patientHmac(PATIENT));
      expect(await all(store.decisions(everything))).toEqual([]);
      expect(await all(store.feedback(everything))).toEqual([]);
    });

    test('fails with Unavailable when the database is away', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await store.close();
      await expect(all(store.decisions(everything))).rejects.toThrow(Unavailable);
      await expect(all(store.feedback(everything))).rejects.toThrow(Unavailable);
    });
  });

  describe('removing', () => {
    const old = daysBefore(91);

    test('a sweep removes what is older than the retention, however much, and nothing else', async () => {
      const past = await database.open({ clock: () => old });
      for (let number = 0; number < 1100; number += 1) {
        await past.recordDecision(aDecision({ time: old, cards: [aCard({ uuid: uuid(number) })] }));
      }
      await past.recordFeedback(
        Array.from({ length: 1100 }, (_, n) => overridden({ card: uuid(n) })),
        CALLER,
      );
      for (let number = 0; number < 510; number += 1) await past.insertJti('issuer', `old-${number}`, daysBefore(0.1));
      const store = await database.open();
      await store.recordDecision(aDecision({ time: daysBefore(89), cards: [aCard({ uuid: uuid(5000) })] }));
      await store.recordFeedback([overridden({ card: uuid(5000) })], CALLER);
      await store.insertJti('issuer', 'live', new Date(NOW.getTime() + 1000));
      await store.flush();

      expect(await store.sweep(NOW, 90)).toEqual({ decisions: 1100, feedback: 1100, jtis: 510 });
      expect(await database.query('select uuid from decision')).toEqual([{ uuid: uuid(5000) }]);
      expect(await count('decision')).toBe(1);
      expect(await database.query('select card from feedback')).toEqual([{ card: uuid(5000) }]);
      expect(await database.query('select jti from seen_jti')).toEqual([{ jti: 'live' }]);
      expect(await store.sweep(NOW, 90)).toEqual({ decisions: 0, feedback: 0, jtis: 0 });
    });

    test('two replicas may sweep at once', async () => {
      const past = await database.open({ clock: () => old });
      await Promise.all(Array.from({ length: 1500 }, () => past.recordDecision(aDecision({ time: old }))));
      await past.flush();
      const stores = [await database.open(), await database.open()];
      await Promise.all(stores.map((store) => store.sweep(NOW, 90)));
      expect(await count('decision')).toBe(0);
    });

    test('feedback that came before its decision is remembered, and erased with it', async () => {
      const store = await database.open();
      const about = { ...PATIENT, orderClass: CLASS, since: daysBefore(30) };
      await store.recordFeedback([overridden(), overridden()], CALLER);
      await store.recordDecision(aDecision());
      await store.flush();
      await vi.waitFor(async () => expect(await store.answeredWithin(about)).toBe(true), { timeout: 5000 });
      expect(await store.erasePatient(store.patientHmac(PATIENT))).toEqual({ decisions: 1, feedback: 1, jtis: 0 });
      expect(await count('feedback')).toBe(0);
    });

    test('feedback that did not find its decision finds it when it is sent again, and is erased all the same', async () => {
      const store = await database.open();
      await store.recordDecision(aDecision());
      await store.recordFeedback([overridden(), accepted()], CALLER);
      await database.query(
        'update feedback set patient = null, order_class = null, shown_card = null, known = 0 returning id',
      );
      const about = { ...PATIENT, orderClass: CLASS, since: daysBefore(30) };
      expect(await store.answeredWithin(about)).toBe(false);
      await store.recordFeedback([overridden()], CALLER);
      expect(await store.answeredWithin(about)).toBe(true);
      expect(await store.erasePatient(store.patientHmac(PATIENT))).toEqual({ decisions: 1, feedback: 2, jtis: 0 });
    });

    test('a patient is erased with all feedback on the cards, and nobody else', async () => {
      const store = await database.open({ keepComments: true });
      const other = { ...PATIENT, client: 'south-hospital' };
      await store.recordDecision(aDecision());
      await store.recordDecision(aDecision({ cards: [aCard({ uuid: uuid(2) })] }));
      await store.recordDecision(aDecision({ patient: 'patient-other', cards: [aCard({ uuid: uuid(3) })] }));
      await store.recordDecision(aDecision(other));
      await store.recordFeedback(
        [
          overridden({ overrideReason: { userComment: COMMENT } }),
          accepted({ card: uuid(2) }),
          accepted({ card: uuid(3) }),
        ],
        CALLER,
      );
      await store.recordFeedback([accepted()], other);

      expect(await store.erasePatient(store.patientHmac(PATIENT))).toEqual({ decisions: 2, feedback: 2, jtis: 0 });
      expect(await count('decision')).toBe(2);
      expect(await database.query('select client, card from feedback order by client')).toEqual([
        { client: 'north-hospital', card: uuid(3) },
        { client: 'south-hospital', card: uuid(1) },
      ]);
      expect(await store.erasePatient(store.patientHmac(PATIENT))).toEqual({ decisions: 0, feedback: 0, jtis: 0 });
    });
  });

  describe('a database that fails', () => {
    test('feedback and token ids are refused, nothing crashes, and work is taken up again without a restart', async () => {
      const told: string[] = [];
      const store = await database.open({ report: (sentence) => told.push(sentence) });
      const restore = await database.breakDown();
      await expect(store.recordFeedback([overridden()], CALLER)).rejects.toThrow(Unavailable);
      await expect(store.insertJti('issuer', 'jti', NOW)).rejects.toThrow(Unavailable);
      expect(store.isHealthy()).toBe(false);
      expect(store.lastError).toMatch(
        new RegExp(`^The database \\(${name}\\) does not work at the moment: [\\w-]+\\.$`),
      );
      await restore();
      await vi.waitFor(() => expect(store.isHealthy()).toBe(true), { timeout: 20_000 });
      expect(store.lastError).toBeUndefined();
      expect(told).toEqual([expect.stringContaining('does not work'), expect.stringContaining('works again')]);
      await store.recordFeedback([overridden()], CALLER);
      await store.recordDecision(aDecision());
      await store.flush();
      expect([await count('feedback'), await count('decision')]).toEqual([1, 1]);
    });

    test('once it is known to fail, nobody waits for it', async () => {
      const store = await database.open();
      const restore = await database.breakDown();
      await store.recordFeedback([overridden()], CALLER).catch(() => undefined);
      const before = performance.now();
      const answers = await Promise.allSettled([
        store.insertJti('issuer', 'jti', NOW),
        store.answeredWithin({ ...PATIENT, orderClass: CLASS, since: NOW }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(performance.now() - before).toBeLessThan(500);
      await restore();
    });

    test('the event loop turns while a lock is waited for', async () => {
      const store = await database.open();
      const restore = await database.breakDown();
      let longestMs = 0;
      let last = performance.now();
      const timer = setInterval(() => {
        longestMs = Math.max(longestMs, performance.now() - last);
        last = performance.now();
      }, 5);
      const waiting = Promise.allSettled([
        store.recordFeedback([overridden()], CALLER),
        store.recordDecision(aDecision()),
      ]);
      await sleep(1500);
      clearInterval(timer);
      await restore();
      await waiting;
      expect(longestMs).toBeLessThan(750);
    });
  });
});

describe('on SQLite', () => {
  const [, engine] = ENGINES[0] as (typeof ENGINES)[0];

  test('a key is made on first use, for its owner only, and kept; parallel starts agree', async () => {
    const database = await engine.create();
    const { dataDir } = database.place as { dataDir: string };
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ dataDir }, { clock: () => NOW })));
    expect(new Set(stores.map((store) => store.patientHmac(PATIENT))).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
    expect(statSync(join(dataDir, 'patient.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir).filter((file) => file.startsWith('patient.key'))).toEqual(['patient.key']);
    await database.remove();
  });

  test('what it writes is for its owner only', async () => {
    const database = await engine.create();
    const store = await database.open();
    await store.recordDecision(aDecision());
    await store.recordFeedback([overridden()], CALLER);
    const { dataDir } = database.place as { dataDir: string };
    for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o077, name).toBe(0);
    await database.remove();
  });

  test('a folder that cannot be had is refused by name', async () => {
    await expect(openStore({ dataDir: '/dev/null/data' }, { clock: () => NOW })).rejects.toThrow(
      /^DATA_DIR: the store in \/dev\/null\/data cannot be opened/,
    );
  });

  test('an erased comment is in none of the files', async () => {
    const database = await engine.create();
    const { dataDir } = database.place as { dataDir: string };
    const store = await database.open({ keepComments: true });
    const bytes = () =>
      readdirSync(dataDir)
        .map((file) => readFileSync(join(dataDir, file), 'latin1'))
        .join('');
    await store.recordDecision(aDecision());
    await store.recordFeedback([overridden({ overrideReason: { userComment: COMMENT } })], CALLER);
    expect(bytes()).toContain(COMMENT);
    await store.erasePatient(store.patientHmac(PATIENT));
    expect(bytes()).not.toContain(COMMENT);
    await database.remove();
  });

  test('the write-ahead log does not grow without end', async () => {
    const database = await engine.create();
    const { dataDir } = database.place as { dataDir: string };
    const store = await database.open();
    for (let number = 0; number < 4000; number += 1) await store.recordDecision(aDecision());
    expect(statSync(join(dataDir, 'rehab-first.db-wal')).size).toBeLessThan(24_000_000);
    await database.remove();
  });
});

describe('on PostgreSQL', () => {
  const [, engine] = ENGINES[1] as (typeof ENGINES)[1];
  beforeAll(engine.start);
  afterAll(engine.stop);

  test('a patient key is needed', async () => {
    await expect(openStore({ databaseUrl: 'postgres://localhost/x' }, { clock: () => NOW })).rejects.toThrow(
      /^PATIENT_KEY: is needed with DATABASE_URL/,
    );
  });

  test.each(['nonsense', 'mysql://localhost/x'])('"%s" is refused, without repeating it', async (databaseUrl) => {
    const opening = openStore({ databaseUrl }, { clock: () => NOW, patientKey: KEY });
    await expect(opening).rejects.toThrow(/^DATABASE_URL: must be a URL/);
    await expect(opening).rejects.not.toThrow(databaseUrl);
  });

  test('a database that does not exist is refused', async () => {
    const database = await engine.create();
    const { databaseUrl } = database.place as { databaseUrl: string };
    const other = Object.assign(new URL(databaseUrl), { pathname: '/no_such_database' }).href;
    await expect(openStore({ databaseUrl: other }, { clock: () => NOW, patientKey: KEY })).rejects.toThrow(/3D000/);
    await database.remove();
  });

  test('a server that is away at start is taken into use when it comes; decisions wait for it', async () => {
    const database = await engine.create();
    const restore = await database.breakDown();
    const store = await database.open();
    expect(store.isHealthy()).toBe(false);
    await store.recordDecision(aDecision());
    await expect(store.flush()).rejects.toThrow(Unavailable);
    await restore();
    await vi.waitFor(async () => expect(await database.query('select id from decision')).toHaveLength(1), {
      timeout: 10_000,
    });
    expect(store.isHealthy()).toBe(true);
    await database.remove();
  });

  test('decisions wait in bounded number; closing says that they are lost', async () => {
    const database = await engine.create();
    const store = await database.open();
    await database.breakDown();
    const answers = await Promise.allSettled(Array.from({ length: 10_100 }, () => store.recordDecision(aDecision())));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10_000);
    await expect(store.close()).rejects.toThrow(Unavailable);
  });
});
