import { describe, expect, test } from 'vitest';
import type { RawResource } from '../../../src/cds-hooks/types.ts';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import { classify, type OrderClass } from '../../../src/orders/scope.ts';
import { SYSTEMS } from '../../../src/terminology/systems.ts';
import { wordsOf } from '../../../src/terminology/words.ts';
import {
  aDraft,
  aDrugDraft,
  anOrder,
  anOrderClass,
  aTerminology,
  codeable,
  type Meaning,
} from '../../support/builders.ts';

const MEANINGS: Record<string, Meaning> = {
  epidural: { kind: 'procedure', codes: ['cpt|62323'], unverified: ['cpt|62399'], words: 'epidural', region: 'lumbar' },
  'hip-injection': { kind: 'procedure', codes: ['cpt|20610', 'cpt|20611'], words: 'inject|steroid' },
  anywhere: { kind: 'procedure', codes: ['cpt|20610', 'cpt|20611'] },
  refused: { kind: 'words', words: 'vaccin|referral' },
  steroid: { kind: 'procedure', codes: ['rxnorm|10759'], words: 'triamcinolone' },
  route: { kind: 'words', words: 'inject|bursal' },
  facet: { kind: 'words', words: 'facet' },
  gtps: { codes: ['icd10cm|M70.61'], words: 'trochanteric pain', region: 'gluteal' },
  sciatica: { codes: ['icd10cm|M54.41'], words: 'sciatica', region: 'lumbar' },
  arthrosis: { codes: ['icd10cm|M17.11'], words: 'gonarthrosis', region: 'knee' },
  fever: { codes: ['icd10cm|R50.9'] },
  lumbar: { kind: 'region', words: 'lumbar|\\bL[1-5]\\b' },
  gluteal: { kind: 'region', words: 'glute|trochant' },
  hip: { kind: 'region', words: '\\bhip\\b' },
  knee: { kind: 'region', words: '\\bknee\\b' },
};
const terminology = aTerminology(MEANINGS);
const BACK = anOrderClass({
  name: 'back',
  family: 'back',
  rank: 50,
  regions: new Set(['lumbar']),
  procedure: 'epidural',
  anywhere: 'anywhere',
  refuse: ['refused'],
  drug: { product: 'steroid', route: 'route', unless: ['facet'] },
});
const HIP = anOrderClass({
  name: 'hip',
  family: 'hip',
  rank: 30,
  regions: new Set(['gluteal', 'hip']),
  procedure: 'hip-injection',
  anywhere: 'anywhere',
  refuse: ['refused'],
  drug: { product: 'steroid', route: 'route' },
});

const classOf = (draft: RawResource, classes: readonly OrderClass[] = [BACK, HIP]): string => {
  const scoped = classify(anOrder(draft), classes, terminology);
  return scoped === undefined
    ? 'none'
    : `${scoped.orderClass.name} by ${scoped.recognisedBy} from ${scoped.regionFrom}`;
};
const reason = (...parts: string[]) => ({ reasonCode: parts.map((part) => codeable(part)) });
const site = (text: string) => ({ bodySite: [{ text }] });

describe('an order is known by a code of its procedure', () => {
  test.each([
    ['the code alone', aDraft('1', 'cpt|62323'), 'back by code from procedure'],
    ['the code and a reason in the region', aDraft('1', 'cpt|62323', reason('sciatica')), 'back by code from reason'],
    ['the code and a body site', aDraft('1', 'cpt|62323', site('lumbar spine')), 'back by code from site'],
    [
      'the code and a reason without a region',
      aDraft('1', 'cpt|62323', reason('icd10cm|R50.9')),
      'back by code from procedure',
    ],
    ['the code and a reason that points elsewhere', aDraft('1', 'cpt|62323', reason('icd10cm|M17.11')), 'none'],
    [
      'one reason in the region of two',
      aDraft('1', 'cpt|62323', reason('icd10cm|M17.11', 'icd10cm|M54.41')),
      'back by code from reason',
    ],
    ['the code and another region in the text', aDraft('1', ['cpt|62323', 'for the knee']), 'none'],
    [
      'the code, its region and another in the text',
      aDraft('1', ['cpt|62323', 'lumbar, not knee']),
      'back by code from site',
    ],
    [
      'the code beside refused words',
      aDraft('1', ['cpt|62323', 'referral for epidural']),
      'back by code from procedure',
    ],
    ['an unverified code alone', aDraft('1', 'cpt|62399'), 'none'],
    ['an unverified code and a reason', aDraft('1', 'cpt|62399', reason('sciatica')), 'back by code from reason'],
    ['an unverified code and words of the procedure', aDraft('1', ['cpt|62399', 'epidural']), 'none'],
    ['the code on a MedicationRequest', aDrugDraft('1', 'cpt|62323'), 'back by code from procedure'],
    ['another code', aDraft('1', 'cpt|99213'), 'none'],
  ])('%s', (_, draft, expected) => {
    expect(classOf(draft)).toBe(expected);
  });
});

describe('the display of a code used all over the body', () => {
  const shown = (display: string, code = '20610', text?: string) => ({
    code: { coding: [{ system: SYSTEMS.cpt, code, display }], ...(text !== undefined && { text }) },
  });
  const tendon = reason('icd10cm|M70.61');
  test.each([
    ['names another region', shown('LG JOINT INJ KNEE'), 'none'],
    ['names another region, as the text does', shown('LG JOINT INJ KNEE', '20610', 'LG JOINT INJ KNEE'), 'none'],
    ['names this region', shown('LG JOINT INJ HIP'), 'hip by code from reason'],
    ['lists this region and others', shown('Joint injection: hip, knee'), 'hip by code from reason'],
    ['gives examples', shown('Injection, major joint (eg, knee, shoulder)'), 'hip by code from reason'],
    ['names none', shown('LG JOINT INJ'), 'hip by code from reason'],
  ])('%s', (_, code, expected) => {
    expect(classOf(aDraft('1', 'cpt|20610', { ...tendon, ...code }))).toBe(expected);
  });

  test('says nothing where it lists what lies beside as well', () => {
    const besideLumbar = { ...HIP, beside: new Set(['lumbar']) };
    const listed = { ...tendon, ...shown('Joint injection: knee, lumbar') };
    expect(classOf(aDraft('1', 'cpt|20610', listed), [besideLumbar])).toBe('hip by code from reason');
  });

  test('never puts an order in', () => {
    expect(classOf(aDraft('1', 'cpt|20610', shown('LG JOINT INJ HIP')))).toBe('none');
  });

  test('says nothing beside a code of the procedure itself', () => {
    const titled = shown('Injection, lumbar; not for the knee', '62323');
    expect(classOf(aDraft('1', 'cpt|62323', titled))).toBe('back by code from procedure');
  });
});

describe('a code used all over the body needs a region from the order itself', () => {
  test.each([
    ['no region at all', aDraft('1', 'cpt|20611'), 'none'],
    ['a reason in the region', aDraft('1', 'cpt|20611', reason('icd10cm|M70.61')), 'hip by code from reason'],
    ['a reason in words', aDraft('1', 'cpt|20611', reason('trochanteric pain')), 'hip by code from reason'],
    ['a body site', aDraft('1', 'cpt|20611', site('right hip')), 'hip by code from site'],
    ['its text', aDraft('1', ['cpt|20611', 'trochanteric bursa']), 'hip by code from site'],
    ['a body site elsewhere', aDraft('1', 'cpt|20611', site('right knee')), 'none'],
    [
      'a reason here, a body site elsewhere',
      aDraft('1', 'cpt|20611', { ...reason('icd10cm|M70.61'), ...site('knee') }),
      'none',
    ],
    [
      'a reason elsewhere, a body site here',
      aDraft('1', 'cpt|20611', { ...reason('icd10cm|M17.11'), ...site('hip') }),
      'none',
    ],
    [
      'two reasons, one of them here',
      aDraft('1', 'cpt|20611', reason('icd10cm|M17.11', 'icd10cm|M70.61')),
      'hip by code from reason',
    ],
    ['a reason that points nowhere', aDraft('1', 'cpt|20611', reason('icd10cm|R50.9')), 'none'],
    [
      'a reason that points nowhere, a body site here',
      aDraft('1', 'cpt|20611', { ...reason('icd10cm|R50.9'), ...site('hip') }),
      'hip by code from site',
    ],
    ['examples in brackets', aDraft('1', ['cpt|20611', 'large joint (eg, knee, hip)']), 'none'],
    [
      'examples in brackets beside a reason',
      aDraft('1', ['cpt|20611', 'large joint (eg, knee)'], reason('icd10cm|M70.61')),
      'hip by code from reason',
    ],
    ['a reason only suspected', aDraft('1', 'cpt|20611', reason('rule out trochanteric pain')), 'none'],
    [
      'a reason still to be looked up',
      aDraft('1', 'cpt|20611', { reasonReference: [{ reference: 'Condition/c' }] }),
      'hip by code from open',
    ],
    [
      'an open reason beside one elsewhere',
      aDraft('1', 'cpt|20611', { ...reason('icd10cm|M17.11'), reasonReference: [{ reference: 'Condition/c' }] }),
      'none',
    ],
    [
      'the title of a code that the pack lists, with several regions',
      aDraft('1', [], {
        code: {
          coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '20611', display: 'Injection, hip or knee' }],
        },
        ...reason('icd10cm|M70.61'),
      }),
      'hip by code from reason',
    ],
  ])('%s', (_, draft, expected) => {
    expect(classOf(draft)).toBe(expected);
  });

  test('an open reason that is found decides', () => {
    const order = anOrder(aDraft('1', 'cpt|20611', { reasonReference: [{ reference: 'Condition/c' }] }));
    const found = (code: string) =>
      classify(order.with(new Map([['Condition/c', wordsOf([codeable(code)])]])), [BACK, HIP], terminology);
    expect(found('icd10cm|M70.61')?.regionFrom).toBe('reason');
    expect(found('icd10cm|M17.11')).toBeUndefined();
  });
});

describe('an order is known by its words only where no code decides', () => {
  test.each([
    ['procedure and region in the text', aDraft('1', 'lumbar epidural'), 'back by text from site'],
    [
      'procedure in the text, region in the reason',
      aDraft('1', 'epidural', reason('sciatica')),
      'back by text from reason',
    ],
    ['procedure in the text, region in the body site', aDraft('1', 'epidural', site('L4')), 'back by text from site'],
    ['a local code beside words', aDraft('1', ['urn:local|77', 'lumbar epidural']), 'back by text from site'],
    ['words beside a procedure code that is not ours', aDraft('1', ['cpt|99213', 'lumbar epidural']), 'none'],
    ['procedure without a region', aDraft('1', 'epidural'), 'none'],
    ['region without a procedure', aDraft('1', 'lumbar belt'), 'none'],
    ['refused words', aDraft('1', 'referral for lumbar epidural'), 'none'],
    ['refused words in the body site', aDraft('1', 'lumbar epidural', site('vaccination site')), 'none'],
    ['refused words in the reason only', aDraft('1', 'lumbar epidural', reason('referral')), 'back by text from site'],
    ['another region in the text', aDraft('1', 'lumbar epidural and knee'), 'none'],
    ['another region in the reason only', aDraft('1', 'lumbar epidural', reason('knee')), 'none'],
    ['a negation', aDraft('1', 'no lumbar epidural'), 'none'],
    ['a suspicion', aDraft('1', 'lumbar epidural?'), 'none'],
    [
      'both procedures: the higher rank',
      aDraft('1', 'epidural steroid', reason('sciatica', 'trochanteric pain')),
      'back by text from reason',
    ],
    [
      'both procedures, one region',
      aDraft('1', 'epidural steroid', reason('trochanteric pain')),
      'hip by text from reason',
    ],
  ])('%s', (_, draft, expected) => {
    expect(classOf(draft)).toBe(expected);
  });
});

describe('an injectable drug is an order of its region', () => {
  const given = (more: object, what: string | string[] = 'rxnorm|10759') => aDrugDraft('1', what, { ...more });
  const dosage = (more: object) => ({ dosageInstruction: [more] });

  test.each([
    [
      'product, route and reason',
      given({ ...dosage({ text: 'inject' }), ...reason('trochanteric pain') }),
      'hip by drug from reason',
    ],
    [
      'product by name',
      given({ ...dosage({ route: { text: 'bursal' }, site: { text: 'hip' } }) }, 'triamcinolone'),
      'hip by drug from site',
    ],
    ['a lumbar region', given({ ...dosage({ text: 'inject' }), ...reason('sciatica') }), 'back by drug from reason'],
    ['words that say otherwise', given({ ...dosage({ text: 'inject into facet' }), ...reason('sciatica') }), 'none'],
    ['no route', given(reason('trochanteric pain')), 'none'],
    ['no region', given(dosage({ text: 'inject' })), 'none'],
    ['another drug', given({ ...dosage({ text: 'inject' }), ...reason('sciatica') }, 'ibuprofen'), 'none'],
    ['refused words', given({ ...dosage({ text: 'inject, vaccination' }), ...reason('sciatica') }), 'none'],
  ])('%s', (_, draft, expected) => {
    expect(classOf(draft)).toBe(expected);
  });

  describe('a class may ask for the structure by name', () => {
    const FACET = anOrderClass({ ...BACK, name: 'facet', drug: { product: 'steroid', route: 'route', says: 'facet' } });
    const sciatica = reason('sciatica');

    test.each([
      [
        'named in the dosage',
        given({ ...dosage({ text: 'inject into facet' }), ...sciatica }),
        'facet by drug from reason',
      ],
      [
        'not named: the class without it',
        given({ ...dosage({ text: 'inject' }), ...sciatica }),
        'back by drug from reason',
      ],
      ['named in a reason alone', given({ ...dosage({ text: 'inject' }), ...reason('facet, lumbar') }), 'none'],
      ['named without a route', given({ ...dosage({ text: 'facet' }), ...sciatica }), 'none'],
    ])('%s', (_, draft, expected) => {
      expect(classOf(draft, [BACK, FACET])).toBe(expected);
    });
  });

  test('a class without a drug takes none', () => {
    const { drug: _, ...without } = HIP;
    expect(classOf(given({ ...dosage({ text: 'inject' }), ...reason('trochanteric pain') }), [without])).toBe('none');
  });
});

describe('a region beside counts as not named', () => {
  const BUTTOCK = anOrderClass({ ...HIP, name: 'buttock', regions: new Set(['gluteal']), beside: new Set(['lumbar']) });
  const code = (more: Record<string, unknown>) => aDraft('1', 'cpt|20611', more);

  test.each([
    ['as the only reason of an order for our region', code({ ...site('gluteal'), ...reason('sciatica') }), 'site'],
    ['as a further body site', code(site('gluteal, lumbar')), 'site'],
    ['beside a reason that points here', code({ ...site('lumbar'), ...reason('trochanteric pain') }), 'reason'],
    ['as the only region: then there is none', code(reason('sciatica')), undefined],
    ['as the only body site: then there is none', code(site('lumbar')), undefined],
    ['but a third region puts the order out', code({ ...site('gluteal, knee'), ...reason('sciatica') }), undefined],
    ['and a third region as the only reason too', code({ ...site('gluteal'), ...reason('gonarthrosis') }), undefined],
  ])('%s', (_, draft, from) => {
    expect(classOf(draft, [BUTTOCK])).toBe(from === undefined ? 'none' : `buttock by code from ${from}`);
  });
});

describe('the stronger sign wins', () => {
  const OWN = anOrderClass({ name: 'own', rank: 1, regions: new Set(['gluteal']), procedure: 'hip-injection' });

  test('a code of one procedure alone before a whole-body code, whatever the rank', () => {
    expect(classOf(aDraft('1', 'cpt|20611', reason('icd10cm|M70.61')), [HIP, OWN])).toBe('own by code from reason');
  });

  test('a region that is settled before one that is open', () => {
    const draft = aDraft('1', 'cpt|20611', { ...site('hip'), reasonReference: [{ reference: 'Condition/c' }] });
    const far = anOrderClass({ ...HIP, name: 'far', rank: 99, regions: new Set(['hip']) });
    expect(classOf(draft, [far, HIP])).toBe('far by code from site');
  });

  test('nothing is classified without classes', () => {
    expect(classOf(aDraft('1', 'cpt|62323'), [])).toBe('none');
  });
});

describe('the order classes of this pack', () => {
  const { services, terminology: words } = loadKnowledge({ dir: 'cards' });
  const classes = services[0]?.orderClasses ?? [];
  const named = (draft: RawResource) => classify(anOrder(draft), classes, words)?.orderClass.name ?? 'none';

  test.each([
    ['a lumbar epidural code', aDraft('1', 'cpt|62323'), 'lumbar-epidural-injection'],
    [
      'a large-joint code for gluteal tendinopathy',
      aDraft('1', 'cpt|20611', reason('icd10cm|M76.01')),
      'trochanteric-gluteal-injection',
    ],
    ['a large-joint code for the knee', aDraft('1', 'cpt|20610', reason('icd10cm|M17.11')), 'none'],
    ['a large-joint code for pain, unspecified', aDraft('1', 'cpt|20610', reason('icd10cm|R52')), 'none'],
    ['a large-joint code for hip osteoarthritis', aDraft('1', 'cpt|20610', reason('icd10cm|M16.11')), 'none'],
    ['a carpal tunnel injection', aDraft('1', 'steroid injection carpal tunnel'), 'none'],
    ['a cervical epidural', aDraft('1', 'cervical epidural steroid injection'), 'none'],
    ['an epidural in labour', aDraft('1', 'labor epidural, lumbar'), 'none'],
    [
      'a steroid into the muscle',
      aDrugDraft('1', 'triamcinolone', { dosageInstruction: [{ text: 'intramuscular injection, gluteal' }] }),
      'none',
    ],
    ['a vaccination at the buttock', aDraft('1', 'vaccine injection gluteal'), 'none'],
    [
      'una infiltración trocantérica',
      aDraft('1', 'infiltración trocantérica con corticoide'),
      'trochanteric-gluteal-injection',
    ],
    ['una infiltración epidural lumbar', aDraft('1', 'infiltración epidural lumbar'), 'lumbar-epidural-injection'],
    ['a facet code', aDraft('1', 'cpt|64494'), 'lumbar-facet-injection'],
    ['a facet code for the neck', aDraft('1', 'cpt|64490'), 'none'],
    ['a radiofrequency code', aDraft('1', 'cpt|64635'), 'lumbar-radiofrequency'],
    ['a sacroiliac code', aDraft('1', 'cpt|27096'), 'si-joint-injection'],
    ['a muscle code for back pain', aDraft('1', 'cpt|20552', reason('icd10cm|M54.59')), 'trigger-point-injection'],
    ['a muscle code at the buttock', aDraft('1', 'cpt|20553', site('right buttock')), 'trigger-point-injection'],
    ['a muscle code at the neck', aDraft('1', 'cpt|20552', site('neck')), 'none'],
    [
      'a muscle code for piriformis syndrome',
      aDraft('1', 'cpt|20553', reason('icd10cm|G57.01')),
      'piriformis-injection',
    ],
    [
      'a muscle code at the piriformis, for sciatica',
      aDraft('1', 'cpt|20552', { ...site('right piriformis'), ...reason('icd10cm|M54.31') }),
      'piriformis-injection',
    ],
    ['a sciatic nerve code for sciatica', aDraft('1', 'cpt|64445', reason('icd10cm|M54.31')), 'none'],
    ['plasma for gluteal tendinopathy', aDraft('1', 'cpt|0232T', reason('icd10cm|M76.01')), 'prp-gluteal'],
    ['plasma for back pain', aDraft('1', 'cpt|0232T', reason('icd10cm|M54.59')), 'prp-spine'],
    ['plasma for a knee', aDraft('1', 'cpt|0232T', reason('icd10cm|M17.11')), 'none'],
    [
      'a steroid into a lumbar facet joint',
      aDrugDraft('1', 'triamcinolone', { dosageInstruction: [{ text: 'injection, facet joint L4-L5' }] }),
      'lumbar-facet-injection',
    ],
    [
      'a steroid into a sacroiliac joint',
      aDrugDraft('1', 'triamcinolone', { dosageInstruction: [{ text: 'injection, left SI joint' }] }),
      'si-joint-injection',
    ],
    [
      'a steroid by the lumbar spine',
      aDrugDraft('1', 'triamcinolone', { dosageInstruction: [{ text: 'injection, lumbar' }] }),
      'lumbar-epidural-injection',
    ],
    ['a referral to physiotherapy', aDraft('1', 'snomed|444831000124102'), 'none'],
    ['an MRI of the lumbar spine', aDraft('1', 'MRI lumbar spine'), 'lumbar-mri'],
  ])('%s', (_, draft, expected) => {
    expect(named(draft)).toBe(expected);
  });
});
