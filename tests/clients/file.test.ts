import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Client } from '../../src/clients/client.ts';
import { ClientsProblems, loadClients } from '../../src/clients/file.ts';
import { printProblem } from '../../src/documents/problem.ts';
import { makePair, type Pair } from './client-app.ts';

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-clients-'));
const file = join(dir, 'clients.yaml');
let pair: Pair;
beforeAll(async () => {
  pair = await makePair('ES384', 'k');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const load = (text: string): Promise<readonly Client[]> => {
  writeFileSync(file, text);
  return loadClients(file);
};
const problemsIn = async (text: string): Promise<string[]> => {
  try {
    await load(text);
  } catch (error) {
    if (error instanceof ClientsProblems) return error.problems.map(printProblem);
    throw error;
  }
  return [];
};
const entry = { id: 'ehr', issuer: 'https://ehr.example.org', jwksUrl: 'https://ehr.example.org/jwks.json' };
const oneClient = (changes: object) => stringify({ clients: [{ ...entry, ...changes }] });

describe('the clients file', () => {
  test('in docs can be loaded, and shows every key', async () => {
    const [hospital, vendor, bench, ...others] = await loadClients('docs/clients.example.yaml');
    expect(others).toEqual([]);
    expect(hospital).toMatchObject({
      id: 'general-hospital',
      mode: 'silent',
      keys: { url: 'https://ehr.general-hospital.example.org/.well-known/jwks.json' },
      tenants: [],
    });
    expect(vendor).toMatchObject({
      mode: 'live',
      budgetMs: 3000,
      locale: 'en-US',
      codeMap: new Map([
        ['urn:example:cloud-vendor:orders|INJ-HIP-LAT', [{ system: 'http://www.ama-assn.org/go/cpt', code: '20611' }]],
        ['urn:example:cloud-vendor:orders|LESI', [{ system: 'http://www.ama-assn.org/go/cpt', code: '62323' }]],
        ['urn:example:cloud-vendor:orders|PHYS-INIT', []],
      ]),
      tenants: ['north-clinic', 'south-clinic'],
    });
    expect(bench).toMatchObject({ keys: { jwks: { keys: [{ kid: 'bench-2026' }] } } });
    const readme = readFileSync('README.md', 'utf8');
    for (const key of Object.keys({ ...entry, ...vendor, ...bench })) {
      if (key !== 'keys') expect(readme.includes(`| \`${key}\``), `${key} in the README`).toBe(true);
    }
  });

  test('makes a client silent, with nothing else granted, unless it says otherwise', async () => {
    expect(await load(oneClient({}))).toEqual([
      {
        id: 'ehr',
        issuer: 'https://ehr.example.org',
        keys: { url: 'https://ehr.example.org/jwks.json' },
        mode: 'silent',
        fhirServers: [],
        origins: [],
        tenants: [],
        supports: [],
      },
    ]);
  });

  test('takes FHIR servers by what their URLs mean', async () => {
    const fhirServers = ['HTTPS://EHR.example.org:443/fhir/', 'http://127.0.0.1:8080/fhir//', 'http://localhost'];
    const [client] = await load(oneClient({ fhirServers }));
    expect(client?.fhirServers).toEqual([
      'https://ehr.example.org/fhir',
      'http://127.0.0.1:8080/fhir',
      'http://localhost',
    ]);
  });

  test('takes an inline key set with one usable key', async () => {
    const jwks = { keys: [{ ...pair.jwk }, { kty: 'RSA', use: 'enc', kid: 'other', n: 'AQAB', e: 'AQAB' }] };
    const [client] = await load(stringify({ clients: [{ id: 'a', issuer: 'b', jwks }] }));
    expect(client?.keys).toEqual({ jwks });
  });

  test('takes an inline key set with the URL that tokens name', async () => {
    const [client] = await load(oneClient({ jwks: { keys: [pair.jwk] } }));
    expect(client?.keys).toEqual({ jwks: { keys: [pair.jwk] }, jku: entry.jwksUrl });
  });
});

describe('a clients file is refused', () => {
  test.each<[string, object, RegExp]>([
    ['without an id', { id: undefined }, /\/clients\/0 {2}"id" is missing/],
    ['with an id that is a path', { id: 'a/b' }, /\/clients\/0\/id {2}"a\/b": must be 1 to 64 letters/],
    ['with an empty id', { id: '' }, /\/clients\/0\/id {2}"": must be 1 to 64/],
    ['without an issuer', { issuer: undefined }, /"issuer" is missing/],
    ['with an issuer with spaces', { issuer: 'our EHR' }, /\/clients\/0\/issuer {2}.*without spaces/],
    ['without keys', { jwksUrl: undefined }, /\/clients\/0 {2}needs jwksUrl or jwks/],
    [
      'with a jwksUrl by http',
      { jwksUrl: 'http://ehr.example.org/jwks' },
      /\/clients\/0\/jwksUrl {2}must be an https URL/,
    ],
    [
      'with a jwksUrl with a user',
      { jwksUrl: 'https://a:b@ehr.example.org/' },
      /\/clients\/0\/jwksUrl {2}must be an https URL/,
    ],
    ['with a jwksUrl that is none', { jwksUrl: 'ehr.example.org' }, /\/clients\/0\/jwksUrl {2}must be an https URL/],
    ['with a jwksUrl to a file', { jwksUrl: 'file:///etc/jwks' }, /\/clients\/0\/jwksUrl {2}must be an https URL/],
    ['with an empty key set', { jwksUrl: undefined, jwks: { keys: [] } }, /\/clients\/0\/jwks\/keys/],
    [
      'with a FHIR server by http',
      { fhirServers: ['https://a', 'http://10.0.0.1/'] },
      /\/clients\/0\/fhirServers\/1 {2}must be/,
    ],
    ['with a FHIR server with a query', { fhirServers: ['https://a?b=c'] }, /\/clients\/0\/fhirServers\/0 {2}must be/],
    ['with a FHIR server named twice', { fhirServers: ['https://a', 'https://a'] }, /must not name one twice/],
    ['with FHIR servers that are no list', { fhirServers: 'https://a' }, /\/clients\/0\/fhirServers {2}must be a list/],
    ['with any origin', { origins: ['*'] }, /\/clients\/0\/origins\/0 {2}must be an origin/],
    [
      'with an origin with a path',
      { origins: ['https://a.example/'] },
      /\/clients\/0\/origins\/0 {2}must be an origin/,
    ],
    ['with an origin by http', { origins: ['http://a.example'] }, /\/clients\/0\/origins\/0 {2}must be an origin/],
    ['with another mode', { mode: 'loud' }, /\/clients\/0\/mode {2}"loud" must be one of live, silent/],
    ['with a locale that is none', { locale: 'english please' }, /\/clients\/0\/locale {2}.*BCP 47/],
    ['with a locale of another system', { locale: 'en_US.UTF-8' }, /\/clients\/0\/locale {2}.*BCP 47/],
    ['with no time to read in', { budgetMs: 10 }, /\/clients\/0\/budgetMs {2}10: must be a whole number from 50/],
    ['with a tenant that is a number', { tenants: [1] }, /\/clients\/0\/tenants\/0/],
    [
      'with an extra that is unknown',
      { supports: ['actionSelection'] },
      /\/clients\/0\/supports\/0 .*must be one of actionSelectionBehavior/,
    ],
    [
      'with a codeMap that is not there',
      { codeMap: 'codes.json' },
      /\/clients\/0\/codeMap {2}"codes.json" cannot be read/,
    ],
    [
      'with a codeMap that is not JSON',
      { codeMap: 'clients.yaml' },
      /\/clients\/0\/codeMap {2}"clients.yaml" is not JSON/,
    ],
    [
      'with a codeMap that is another resource',
      { codeMap: resolve('fixtures/patients/gluteal-no-rehab.json') },
      /\/clients\/0\/codeMap {2}".*" is no FHIR ConceptMap that can be used/,
    ],
    [
      'with a key it does not know',
      { fhirServer: 'https://a' },
      /\/clients\/0\/fhirServer .*did you mean "fhirServers"/,
    ],
  ])('%s', async (_name, changes, message) => {
    const problems = await problemsIn(oneClient(changes));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^clients\.yaml:\d+:\d+ {2}\//);
    expect(problems[0]).toMatch(message);
  });

  test.each([
    ['that is empty', ''],
    ['that is a list', '- id: a'],
    ['without clients', 'client: []'],
    ['with no client', 'clients: []'],
    ['that is not YAML', 'clients: [{'],
    ['with aliases', `clients: [&a {}, *a]`],
  ])('%s', async (_name, text) => {
    expect((await problemsIn(text)).length).toBeGreaterThan(0);
  });

  test('that is not there', async () => {
    await expect(loadClients(join(dir, 'nowhere.yaml'))).rejects.toThrow('this file cannot be read');
  });

  test('with a private key, whatever else is in the set; the key is not repeated', async () => {
    const secret = { ...(await exportJWK(pair.privateKey)), kid: 'mine' };
    const jwks = { keys: [pair.jwk, secret, { kty: 'oct', k: 'c2VjcmV0', kid: 'shared' }] };
    const problems = await problemsIn(stringify({ clients: [{ id: 'a', issuer: 'b', jwks }] }));
    expect(problems).toHaveLength(2);
    for (const [index, problem] of problems.entries())
      expect(problem).toMatch(new RegExp(`/clients/0/jwks/keys/${index + 1} {2}is a private or symmetric key`));
    expect(problems.join()).not.toContain(secret.d);
  });

  test('when no key of the set can be used, saying why of each', async () => {
    const { kid, ...nameless } = pair.jwk;
    const jwks = { keys: [nameless, { ...pair.jwk, use: 'enc' }, { ...pair.jwk, x: 'AA' }] };
    const problems = await problemsIn(stringify({ clients: [{ id: 'a', issuer: 'b', jwks }] }));
    expect(problems.map((problem) => problem.split('  ').at(-1))).toEqual([
      'cannot be used: it has no kid',
      'cannot be used: it is not for signatures',
      'cannot be used: it is damaged',
    ]);
  });

  test('when two clients share an id or an issuer', async () => {
    const clients = [entry, { ...entry, id: 'other' }, { ...entry, issuer: 'https://third.example.org' }];
    const problems = await problemsIn(stringify({ clients }));
    expect(problems.map((problem) => problem.split('  ')[1])).toEqual(['/clients/1/issuer', '/clients/2/id']);
  });

  test('with every problem at once, in the order of the file', async () => {
    const clients = [
      { ...entry, jwksUrl: 'http://a.example', locale: '?' },
      { ...entry, id: 'other', origins: ['*'] },
      { ...entry, id: 'third', issuer: 'https://third.example.org', mode: 'loud', origins: ['*'] },
    ];
    const problems = await problemsIn(stringify({ clients }));
    expect(problems.map((problem) => problem.split('  ')[1])).toEqual([
      '/clients/0/jwksUrl',
      '/clients/0/locale',
      '/clients/1/issuer',
      '/clients/1/origins/0',
      '/clients/2/mode',
    ]);
  });
});
