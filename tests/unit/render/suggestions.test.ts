import { describe, expect, test } from 'vitest';
import type { HookRequest } from '../../../src/cds-hooks/types.ts';
import type {
  ActionDefinition,
  Headings,
  ResourceTemplate,
  SuggestionDefinition,
} from '../../../src/knowledge/types.ts';
import { type Proposal, renderSuggestions } from '../../../src/render/suggestions.ts';
import type { Filling } from '../../../src/render/wording.ts';
import { aContext, aDraft, aDrugDraft, anOrder, aSetting, aTest, TODAY } from '../../support/builders.ts';

const words = (text: string) => [{ kind: 'text', text }] as const;
const CREATE: ActionDefinition = {
  kind: 'create',
  description: words('Refer'),
  resource: {
    kind: 'object',
    members: [
      ['resourceType', { kind: 'template', template: words('ServiceRequest') }],
      ['status', { kind: 'template', template: words('active') }],
      [
        'note',
        {
          kind: 'list',
          items: [{ kind: 'object', members: [['text', { kind: 'template', template: [{ kind: 'order' }] }]] }],
        },
      ],
      ['doNotPerform', { kind: 'value', value: false }],
    ],
  },
};
const DELETE: ActionDefinition = { kind: 'delete-orders', description: words('Remove') };

const suggestion = (more: Partial<SuggestionDefinition> = {}): SuggestionDefinition => ({
  name: 'refer',
  label: words('Refer to physiotherapy'),
  actions: [CREATE],
  ...more,
});
const filling = {
  read: (fact) => fact.reader.read(fact.args, aSetting()),
  ordered: 'hip\ninjection',
  language: { locale: 'en', headings: {} as Headings, words: new Map() },
  today: 0,
} satisfies Filling;

const proposal = (more: Partial<Proposal> = {}, context: Partial<HookRequest['context']> = {}): Proposal => ({
  request: { hook: 'order-select', hookInstance: 'h', context: aContext([], context) },
  order: anOrder(aDraft('o1', 'x')),
  removable: [anOrder(aDraft('o1', 'x'))],
  indicator: 'warning',
  today: TODAY,
  cardUuid: 'card',
  isRated: false,
  ...more,
});
const render = (definitions: SuggestionDefinition[], ...given: Parameters<typeof proposal>) =>
  renderSuggestions(definitions, proposal(...given), filling);
const created = (...given: Parameters<typeof proposal>) =>
  render([suggestion()], ...given)[0]?.actions[0]?.resource as Record<string, unknown>;

describe('which suggestions are made', () => {
  test.each([
    ['holds', 1],
    ['fails', 0],
    ['unknown', 0],
  ] as const)('one whose condition %s', (truth, count) => {
    expect(render([suggestion({ when: aTest(truth) })])).toHaveLength(count);
  });

  test.each([
    ['an order with an id', [anOrder(aDraft('o1', 'x'))], 1],
    ['an order without one', [anOrder({ resourceType: 'ServiceRequest' })], 0],
    ['no order', [], 0],
  ])('one that removes %s', (_, removable, count) => {
    expect(render([suggestion({ actions: [CREATE, DELETE] })], { removable })).toHaveLength(count);
  });

  test('one that only creates needs no order to remove', () => {
    expect(render([suggestion()], { removable: [] })).toHaveLength(1);
  });

  const codes = (...all: string[]) => ({ coding: all.map((code) => ({ system: 's', code })) });
  test.each<[string, Record<string, unknown>, number]>([
    ['a coded reason', { reasonCode: [codes('a')] }, 1],
    ['two coded reasons', { reasonCode: [codes('a'), codes('b')] }, 1],
    ['a coded reason beside nothing', { reasonCode: [{}, codes('a')] }, 1],
    ['no reason', {}, 0],
    ['an empty list of reasons', { reasonCode: [] }, 0],
    ['a reason that comes to nothing', { reasonCode: [{ coding: [{}] }] }, 0],
    ['a reason in words', { reasonCode: [{ text: 'back pain' }] }, 0],
    ['a reason in words beside a coded one', { reasonCode: [codes('a'), { text: 'back pain' }] }, 0],
    ['a coded reason that is no list', { reasonCode: codes('a') }, 0],
    ['a reason it refers to', { reasonReference: [{ reference: 'Condition/1' }] }, 0],
  ])('one that rates an order with %s', (_, more, count) => {
    const rate: ActionDefinition = { kind: 'rate-order', description: words('Rate'), rating: 'not-appropriate' };
    const order = anOrder(aDraft('o1', 'x', more));
    expect(render([suggestion({ actions: [rate] })], { order, isRated: true })).toHaveLength(count);
    expect(render([suggestion({ actions: [rate] })], { order })).toEqual([]);
  });

  test('they keep their order', () => {
    const names = ['b', 'a', 'c'];
    const labels = render(names.map((name) => suggestion({ name, label: words(name) }))).map(({ label }) => label);
    expect(labels).toEqual(names);
  });

  test('each has a uuid of its own, the same next time', () => {
    const both = () => render([suggestion({ name: 'a' }), suggestion({ name: 'b' })]).map(({ uuid }) => uuid);
    expect(new Set(both()).size).toBe(2);
    expect(both()).toEqual(both());
    expect(render([suggestion({ name: 'a' })], { cardUuid: 'other' })[0]?.uuid).not.toBe(both()[0]);
  });
});

describe('a suggestion is recommended', () => {
  test.each([
    ['warning', 'holds', true],
    ['warning', 'fails', undefined],
    ['warning', 'unknown', undefined],
    ['info', 'holds', undefined],
  ] as const)('on %s, where its condition %s: %s', (indicator, truth, expected) => {
    expect(render([suggestion({ recommended: aTest(truth) })], { indicator })[0]?.isRecommended).toBe(expected);
  });

  test('never without a condition for it', () => {
    expect(render([suggestion()])[0]).not.toHaveProperty('isRecommended');
  });
});

describe('actions', () => {
  test('every removable order is deleted, whatever its type', () => {
    const removable = [
      anOrder(aDraft('o1', 'x')),
      anOrder(aDrugDraft('o2', 'y')),
      anOrder({ resourceType: 'ServiceRequest' }),
    ];
    expect(render([suggestion({ actions: [DELETE] })], { removable })[0]?.actions).toEqual([
      { type: 'delete', description: 'Remove', resourceId: 'ServiceRequest/o1' },
      { type: 'delete', description: 'Remove', resourceId: 'MedicationRequest/o2' },
    ]);
  });

  test('a proposed order is a draft for this patient, whatever its template says', () => {
    expect(created()).toEqual({
      resourceType: 'ServiceRequest',
      status: 'draft',
      intent: 'order',
      subject: { reference: 'Patient/p1' },
      requester: { reference: 'Practitioner/1' },
      authoredOn: '2026-11-24',
      note: [{ text: 'hip injection' }],
      doNotPerform: false,
    });
  });

  test.each([
    ['alone is a number', [{ kind: 'number', value: 2 }], 2],
    ['with a word is words', [{ kind: 'number', value: 2, plural: ['week', 'weeks'] }], '2 weeks'],
    ['beside words is words', [{ kind: 'number', value: 2 }, ...words(' weeks')], '2 weeks'],
  ] as const)('a number of the pack %s', (_, template, expected) => {
    const resource = { kind: 'object', members: [['value', { kind: 'template', template }]] } as const;
    const [made] = render([suggestion({ actions: [{ kind: 'create', description: words('x'), resource }] })]);
    expect(made?.actions[0]?.resource).toMatchObject({ value: expected });
  });

  test('what all cards share of a resource cannot be changed in one of them, and its gaps are filled anew', () => {
    const code: ResourceTemplate = {
      kind: 'object',
      members: [['text', { kind: 'template', template: words('physiotherapy') }]],
    };
    const resource: ResourceTemplate = {
      kind: 'object',
      members: [
        ['code', code],
        ['note', { kind: 'template', template: [{ kind: 'order' }] }],
      ],
    };
    const action: ActionDefinition = { kind: 'create', description: words('Refer'), resource };
    const made = (ordered: string) =>
      renderSuggestions([suggestion({ actions: [action] })], proposal(), { ...filling, ordered })[0]?.actions[0]
        ?.resource as { code: { text: string }; note: string };
    const [first, second] = [made('one'), made('another')];
    expect([first.note, second.note]).toEqual(['one', 'another']);
    expect(() => {
      first.code.text = 'something else';
    }).toThrow(TypeError);
    expect(second.code).toEqual({ text: 'physiotherapy' });
  });

  test('it belongs to the encounter of the call', () => {
    expect(created({}, { encounterId: 'e1' }).encounter).toEqual({ reference: 'Encounter/e1' });
  });

  test.each([
    ['Practitioner/1', { reference: 'Practitioner/1' }],
    ['PractitionerRole/a-b.c', { reference: 'PractitionerRole/a-b.c' }],
    ['Patient/1', undefined],
    ['https://ehr.example.org/Practitioner/1', undefined],
    ['Practitioner/1 or 2', undefined],
    ['someone', undefined],
  ])('the user %s as requester: %j', (userId, expected) => {
    expect(created({}, { userId }).requester).toEqual(expected);
  });

  const reasoned = (more: object) => created({ order: anOrder(aDraft('o1', 'x', { ...more })) });
  test.each([
    ['reasons', { reasonCode: [{ text: 'hip pain' }] }, [{ text: 'hip pain' }], undefined],
    ['a reason that is no list', { reasonCode: { text: 'hip pain' } }, [{ text: 'hip pain' }], undefined],
    ['references', { reasonReference: [{ reference: 'Condition/1' }] }, undefined, [{ reference: 'Condition/1' }]],
    ['a reference to what is contained', { reasonReference: [{ reference: '#c' }] }, undefined, undefined],
    [
      'junk',
      { reasonCode: [null, 'x', {}, []], reasonReference: [null, 'x', {}, { reference: 5 }] },
      undefined,
      undefined,
    ],
    ['none', {}, undefined, undefined],
  ])('it takes over from the order: %s', (_, more, reasonCode, reasonReference) => {
    const resource = reasoned(more);
    expect([resource.reasonCode, resource.reasonReference]).toEqual([reasonCode, reasonReference]);
  });
});
