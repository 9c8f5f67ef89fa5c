/** The rule that is compared, in CQL, as ELM written by hand: reads bodies from a file, and says what a call takes and what it found. */
import { readFileSync } from 'node:fs';
import fhir from 'cql-exec-fhir';
import cql from 'cql-execution';

const [file = '', rounds = '5', calls = '8', , warmUpMs = '5000'] = process.argv.slice(2);
const FHIR = '{http://hl7.org/fhir}';
const LOOK_BACK_WEEKS = 26;
const SETS = {
  gluteal: 'gluteal-tendinopathy-gtps',
  ordered: 'trochanteric-gluteal-injection',
  physiotherapy: 'physical-therapy-procedures',
};
const RED_FLAGS = ['malignancy', 'hip-infection', 'hip-fracture', 'cauda-equina-syndrome', 'spinal-infection'];

const names = [...Object.values(SETS), ...RED_FLAGS];
/** @param {string} name */
const urlOf = (name) => `https://rehab-first.org/fhir/ValueSet/${name}`;
/** @param {string} name */
const codesOf = (name) =>
  JSON.parse(readFileSync(`cards/value-sets/${name}.json`, 'utf8')).compose.include.flatMap(
    (/** @type {{ system: string, concept?: { code: string }[] }} */ { system, concept = [] }) =>
      concept.map(({ code }) => ({ system, code, version: '' })),
  );

/** @param {string} type @param {string} set */
const retrieve = (type, set) => ({
  type: 'Retrieve',
  dataType: `${FHIR}${type}`,
  codeProperty: 'code',
  codes: { type: 'ValueSetRef', name: set },
});
/** @param {object} operand */
const exists = (operand) => ({ type: 'Exists', operand });
/** @param {object} operand */
const not = (operand) => ({ type: 'Not', operand });
/** @param {object[]} all @returns {object} */
const and = ([first = {}, ...rest]) => (rest.length === 0 ? first : { type: 'And', operand: [first, and(rest)] });
/** @param {string} name */
const ref = (name) => ({ type: 'ExpressionRef', name });
const since = {
  type: 'Subtract',
  operand: [{ type: 'Now' }, { type: 'Quantity', value: LOOK_BACK_WEEKS, unit: 'weeks' }],
};
const physiotherapy = {
  type: 'Query',
  source: [{ alias: 'P', expression: retrieve('Procedure', SETS.physiotherapy) }],
  relationship: [],
  where: { type: 'SameOrAfter', operand: [{ type: 'Property', scope: 'P', path: 'performed.value' }, since] },
};
/** @type {Record<string, object>} */
const expressions = {
  Ordered: exists(retrieve('ServiceRequest', SETS.ordered)),
  Indication: exists(retrieve('Condition', SETS.gluteal)),
  ...Object.fromEntries(RED_FLAGS.map((name) => [name, exists(retrieve('Condition', name))])),
  Physiotherapy: { type: 'Count', source: physiotherapy },
};
expressions.Fires = and([
  ref('Ordered'),
  ref('Indication'),
  ...RED_FLAGS.map((name) => not(ref(name))),
  {
    type: 'Equal',
    operand: [ref('Physiotherapy'), { type: 'Literal', valueType: '{urn:hl7-org:elm-types:r1}Integer', value: '0' }],
  },
]);
const elm = {
  library: {
    identifier: { id: 'RehabFirst', version: '1' },
    schemaIdentifier: { id: 'urn:hl7-org:elm', version: 'r1' },
    usings: { def: [{ localIdentifier: 'FHIR', uri: 'http://hl7.org/fhir', version: '4.0.1' }] },
    valueSets: { def: names.map((name) => ({ name, id: urlOf(name), accessLevel: 'Public' })) },
    statements: {
      def: [
        {
          name: 'Patient',
          context: 'Patient',
          expression: { type: 'SingletonFrom', operand: { type: 'Retrieve', dataType: `${FHIR}Patient` } },
        },
        ...Object.entries(expressions).map(([name, expression]) => ({
          name,
          context: 'Patient',
          accessLevel: 'Public',
          expression,
        })),
      ],
    },
  },
};

const codes = new cql.CodeService(Object.fromEntries(names.map((name) => [urlOf(name), { '': codesOf(name) }])));
const executor = new cql.Executor(new cql.Library(elm), codes);
// one for all calls: making it reads the model of FHIR
const source = fhir.PatientSource.FHIRv401();
/** @type {string[]} */
const bodies = JSON.parse(readFileSync(file, 'utf8'));

/** @param {{ context: { draftOrders: { entry: object[] } }, prefetch: Record<string, any> }} call */
const bundleOf = ({ context, prefetch }) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    ...Object.values(prefetch).flatMap((found) =>
      found?.resourceType === 'Bundle' ? (found.entry ?? []) : found ? [{ resource: found }] : [],
    ),
    ...context.draftOrders.entry,
  ],
});

const found = [];
const begunAt = performance.now();
while (found.length < Number(rounds)) {
  const one = { ms: 0, fires: 0 };
  // one after the other, as in same-rule.mjs
  for (let index = 0; index < Number(calls); index += 1) {
    const call = JSON.parse(bodies[index % bodies.length] ?? '');
    const before = process.cpuUsage();
    source.loadBundles([bundleOf(call)]);
    const { patientResults } = await executor.exec(source);
    const { user, system } = process.cpuUsage(before);
    one.ms += (user + system) / 1000 / Number(calls);
    for (const result of Object.values(patientResults)) if (result.Fires === true) one.fires += 1;
  }
  if (performance.now() - begunAt > Number(warmUpMs)) found.push(one);
}
console.log(JSON.stringify(found));
