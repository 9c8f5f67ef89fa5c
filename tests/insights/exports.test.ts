import { describe, expect, test } from 'vitest';
import { auditEventOf } from '../../src/insights/audit-event.ts';
import { csvLine } from '../../src/insights/csv.ts';
import { feedbackCsv, feedbackHeader, feedbackLine } from '../../src/insights/feedback-export.ts';
import { reasonCodes } from '../../src/insights/names.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { at, decision, overridden, shownCard, unshownCard } from './rows.ts';

describe('CSV', () => {
  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    [' padded', '" padded"'],
    ['=1+1', `"'=1+1"`],
    ['+49 30', `"'+49 30"`],
    ['-2', `"'-2"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    [' =1', `"' =1"`],
    ['＝1+1', `"'＝1+1"`],
    ["=cmd|' /C calc'!A0", `"'=cmd|' /C calc'!A0"`],
    ['a=1', 'a=1'],
  ])('%j is written as %j', (value, written) => {
    expect(csvLine([value, 'x'])).toBe(`${written},x\r\n`);
  });

  test('numbers stay numbers, also negative ones, and nothing stays empty', () => {
    expect(csvLine([-1, 0.5, undefined])).toBe('-1,0.5,\r\n');
  });
});

/**
 * What FHIR R4 says of AuditEvent: elements by path, those with `!` must be there, `*` are lists.
 * https://hl7.org/fhir/R4/auditevent.html
 */
const ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'resourceType!',
    'id',
    'type!',
    'subtype*',
    'action',
    'period',
    'recorded!',
    'outcome',
    'outcomeDesc',
    'purposeOfEvent*',
    'agent!*',
    'source!',
    'entity*',
  ],
  agent: [
    'type',
    'role*',
    'who',
    'altId',
    'name',
    'requestor!',
    'location',
    'policy*',
    'media',
    'network',
    'purposeOfUse*',
  ],
  source: ['site', 'observer!', 'type*'],
  entity: ['what', 'type', 'role', 'lifecycle', 'securityLabel*', 'name', 'description', 'query', 'detail*'],
  'entity.detail': ['type!', 'valueString', 'valueBase64Binary'],
};

function faults(value: Record<string, unknown>, path = ''): string[] {
  const allowed = ELEMENTS[path];
  if (allowed === undefined) return [];
  const named = new Map(allowed.map((text) => [text.replace(/[!*]/g, ''), text]));
  const missing = allowed.filter((text) => text.includes('!') && value[text.replace(/[!*]/g, '')] === undefined);
  return [
    ...missing.map((text) => `${path} lacks ${text}`),
    ...Object.entries(value).flatMap(([name, part]) => {
      const rule = named.get(name);
      if (rule === undefined) return [`${path} has no ${name}`];
      if (Array.isArray(part) !== rule.includes('*'))
        return [`${path}.${name} is ${Array.isArray(part) ? '' : 'not '}a list`];
      const below = path === '' ? name : `${path}.${name}`;
      const parts = [part].flat() as Record<string, unknown>[];
      if (parts.length === 0) return [`${below} is empty`];
      return parts.flatMap((one) =>
        typeof one === 'object' ? faults(one, below) : one === '' ? [`${below} is ''`] : [],
      );
    }),
  ];
}

describe('AuditEvent', () => {
  const given = decision(
    '8b1ae7ea-6c3c-4d3c-9c3f-0a8a0d4d7e11',
    [shownCard('uuid-1'), unshownCard({ card: 'back', verdict: 'silent', silencedBy: 'fracture' })],
    { id: '1c9a4b62-0000-4000-8000-000000000001', knowledge: 'sha256:abc' },
  );

  test.each([
    ['a call', given],
    ['a call in open mode', { ...given, client: '', tenant: '' }],
    ['a call that failed', { ...given, failure: 'chart-incomplete', cards: [] }],
  ])('%s has every element that R4 requires, and no other than R4 knows', (_, one) => {
    expect(faults(auditEventOf(one) as unknown as Record<string, unknown>)).toEqual([]);
  });

  test('the spec of that sees what is wrong', () => {
    const { type: _, ...event } = auditEventOf(given);
    const [agent] = event.agent;
    const { requestor: __, ...rest } = agent ?? { requestor: true };
    expect(faults({ ...event, agent: [{ ...rest, name: '' }], entity: {}, more: 1 })).toEqual([
      ' lacks type!',
      'agent lacks requestor!',
      "agent.name is ''",
      '.entity is not a list',
      ' has no more',
    ]);
  });

  test('says who asked, about whom, and what each card came to', () => {
    const event = auditEventOf(given);
    expect(event).toMatchObject({
      id: given.id,
      action: 'E',
      recorded: at(0).toISOString(),
      outcome: '0',
      subtype: [{ code: 'order-select' }],
    });
    expect(event.agent.map(({ requestor, who }) => [requestor, who?.identifier?.value])).toEqual([
      [true, 'north'],
      [false, 'select'],
    ]);
    expect(event.entity?.[0]?.what?.identifier).toEqual({
      system: 'https://rehab-first.org/fhir/NamingSystem/patient-hmac',
      value: given.patientHmac,
    });
    expect(event.entity?.[1]?.detail?.map(({ type, valueString }) => [type, valueString])).toEqual([
      ['knowledge', 'sha256:abc'],
      ['order-class', 'hip-injection'],
      ['card', 'hip 1.0.0 fires rehab-first warning shown'],
      ['card', 'back 1.0.0 silent fracture rehab-first warning'],
    ]);
  });

  test('a failed call has its outcome and the code of the error', () => {
    expect(auditEventOf({ ...given, failure: 'chart-incomplete' })).toMatchObject({
      outcome: '4',
      outcomeDesc: 'chart-incomplete',
    });
  });

  test('refers to no resource of the patient', () => {
    expect(JSON.stringify(auditEventOf(given))).not.toMatch(/Condition\/|"reference"/);
  });
});

describe('feedback as lines', () => {
  const showing = {
    time: at(0),
    hook: 'order-select',
    hookInstance: 'h-1',
    card: 'hip',
    version: '1.0.0',
    orderClass: 'hip-injection',
  };
  const item = overridden('uuid-1', 2, '=HYPERLINK("http://x")', {
    showing,
    comment: 'Margaret',
    accepted: ['a', 'b'],
  });
  const name = {
    suggestion: (_card: string, _uuid: string, id: string) => (id === 'a' ? 'refer' : undefined),
    standardReason: ({ code }: { code: string }) => (code === 'ours' ? 'theirs' : undefined),
  };

  test('have everything about the answer, and the comment only when asked for', () => {
    expect(feedbackCsv(feedbackLine(item, name, false), false)).toBe(
      `2026-11-02T09:02:00.000Z,2026-11-02T09:02:00.000Z,north,ward,order-select,h-1,2026-11-02T09:00:00.000Z,hip,1.0.0,hip-injection,uuid-1,overridden,refer b,"'=HYPERLINK(""http://x"")",,\r\n`,
    );
    expect(feedbackCsv(feedbackLine(item, name, true), true)).toMatch(/,Margaret\r\n$/);
    expect(JSON.stringify(feedbackLine(item, name, false))).not.toContain('Margaret');
  });

  test('say what a reason means in the standard', () => {
    const line = feedbackLine(overridden('uuid-1', 2, 'ours', { showing }), name, false);
    expect(line).toMatchObject({ reason: 'ours', reasonStandard: 'theirs' });
    expect(feedbackCsv(line, false)).toMatch(/,ours,,theirs\r\n$/);
  });

  test.each([
    ['a reason of ours', 'diagnostic', undefined, 'cds-not-applicable'],
    ['a reason of ours that the standard has no word for', 'rehab-concurrent', undefined, undefined],
    [
      'a code of the standard',
      'cds-not-applicable',
      'http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes',
      'cds-not-applicable',
    ],
    ['a code of another system', 'diagnostic', 'urn:other', undefined],
    ['a code that nobody knows', 'because', undefined, undefined],
  ])('%s has its code in the standard, or none', (_, code, system, standard) => {
    const { standardOf } = reasonCodes(loadKnowledge({ dir: 'cards', skipsVignettes: true }));
    expect(standardOf({ code, ...(system !== undefined && { system }) })).toBe(standard);
  });

  test('stand below a header of as many columns', () => {
    const { showing: _, comment: __, reason: ___, ...bare } = item;
    for (const withComment of [false, true]) {
      const columns = feedbackHeader(withComment).split(',').length;
      expect(feedbackCsv(feedbackLine(bare, name, withComment), withComment).split(',')).toHaveLength(columns);
    }
  });
});
