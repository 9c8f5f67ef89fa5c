import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

function listProblems(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const expected = {
  host: '127.0.0.1',
  port: 3000,
  cardsDir: resolve('cards'),
  codeSystemsOff: [],
  timeZone: 'UTC',
  logLevel: 'info',
  fhirBudgetMs: 2000,
  dataDir: resolve('data'),
  keepComments: false,
  retentionDays: 730,
  workers: 1,
  threads: availableParallelism(),
  unused: [],
};
const KEY = '0123456789abcdef'.repeat(4);

describe('readConfig', () => {
  test('has defaults, and empty counts as unset', () => {
    expect(readConfig({})).toEqual(expected);
    const empty = Object.fromEntries(
      ['HOST', 'PORT', 'CARDS_DIR', 'SITE_PARAMETERS', 'CODE_SYSTEMS_OFF', 'TIME_ZONE', 'LOG_LEVEL', 'ADMIN_TOKEN'].map(
        (name) => [name, ''],
      ),
    );
    expect(readConfig(empty)).toEqual(expected);
    expect(existsSync(readConfig({}).cardsDir)).toBe(true);
  });

  test('is frozen', () => {
    const config = readConfig({ CODE_SYSTEMS_OFF: 'cpt' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.codeSystemsOff)).toBe(true);
  });

  test('reads every setting', () => {
    const config = readConfig({
      HOST: '::1',
      PORT: '0',
      CARDS_DIR: 'other',
      SITE_PARAMETERS: '/etc/site.yaml',
      CODE_SYSTEMS_OFF: 'cpt, SNOMED ,http://example.org/codes,urn:oid:1.2.3',
      TIME_ZONE: 'America/New_York',
      LOG_LEVEL: 'silent',
      FHIR_BUDGET_MS: '60000',
      DATA_DIR: './kept',
      DATABASE_URL: 'postgres://rehab:secret@db.example.org/rehab',
      PATIENT_KEY: KEY,
      KEEP_COMMENTS: 'true',
      RETENTION_DAYS: '90',
      ADMIN_TOKEN: 'sixteen-letters!',
      WORKERS: '2',
    });
    expect(config).toEqual({
      host: '::1',
      port: 0,
      cardsDir: resolve('other'),
      siteParameters: '/etc/site.yaml',
      codeSystemsOff: [
        'http://www.ama-assn.org/go/cpt',
        'http://snomed.info/sct',
        'http://example.org/codes',
        'urn:oid:1.2.3',
      ],
      timeZone: 'America/New_York',
      logLevel: 'silent',
      fhirBudgetMs: 60_000,
      dataDir: resolve('kept'),
      databaseUrl: 'postgres://rehab:secret@db.example.org/rehab',
      patientKey: KEY,
      keepComments: true,
      retentionDays: 90,
      adminToken: 'sixteen-letters!',
      workers: 2,
      threads: 2,
      unused: [],
    });
  });

  test('WORKERS is a number, or auto for one for each core; without it one process serves, and a simulation uses every core', () => {
    const cores = availableParallelism();
    expect(readConfig({})).toMatchObject({ workers: 1, threads: cores });
    expect(readConfig({ WORKERS: 'auto' })).toMatchObject({ workers: cores, threads: cores });
    for (const WORKERS of ['0', '257', '-1', '1.5', 'all'])
      expect(listProblems({ WORKERS })).toEqual(['WORKERS: must be a whole number from 1 to 256, or auto']);
  });

  test.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost', 'LOCALHOST'])('HOST %s is loopback', (HOST) => {
    expect(listProblems({ HOST })).toEqual([]);
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '127.0.0.1.example', '127.0.0.999', '128.0.0.1'])(
    'HOST %s is refused, with a way to go on',
    (HOST) => {
      const [problem, ...others] = listProblems({ HOST });
      expect(problem).toMatch(/^HOST: .*loopback.*CLIENTS_FILE/);
      expect(others).toEqual([]);
    },
  );

  const clients = { CLIENTS_FILE: 'clients.yaml', PUBLIC_BASE_URL: 'https://cds.example.org' };

  test.each(['0.0.0.0', '::', '10.0.0.1', 'localhost', 'cds.internal'])('HOST %s is taken with clients', (HOST) => {
    expect(readConfig({ ...clients, HOST }).host).toBe(HOST);
  });

  test.each(['[::1]', 'http://cds.internal', '-x', 'a b'])('HOST %s is refused even then', (HOST) => {
    expect(listProblems({ ...clients, HOST })).toEqual([expect.stringMatching(/^HOST: .*neither an address nor/)]);
  });

  test('what is for clients has no effect without a CLIENTS_FILE, and that is said', () => {
    const config = readConfig({ PUBLIC_BASE_URL: 'https://cds.example.org', RATE_LIMIT: '10' });
    expect(config).toEqual({ ...expected, unused: ['PUBLIC_BASE_URL', 'RATE_LIMIT'] });
  });

  test('clients may make 6000 calls a minute unless RATE_LIMIT says otherwise', () => {
    expect(readConfig(clients).clients).toEqual({
      file: resolve('clients.yaml'),
      publicBaseUrl: 'https://cds.example.org',
      rateLimit: 6000,
    });
    expect(readConfig({ ...clients, RATE_LIMIT: '5' }).clients?.rateLimit).toBe(5);
  });

  test.each([
    ['https://cds.example.org/', 'https://cds.example.org'],
    ['https://cds.example.org:8443/rehab//', 'https://cds.example.org:8443/rehab'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ])('PUBLIC_BASE_URL %s is %s', (PUBLIC_BASE_URL, base) => {
    expect(readConfig({ ...clients, PUBLIC_BASE_URL }).clients?.publicBaseUrl).toBe(base);
  });

  test.each([
    ['http://cds.example.org', /https URL/],
    ['cds.example.org', /https URL/],
    ['https://user@cds.example.org', /without user/],
    ['https://cds.example.org?a=b', /without user, query/],
    ['https://CDS.example.org', /write it as clients will, https:\/\/cds.example.org$/],
    ['https://cds.example.org:443', /write it as clients will, https:\/\/cds.example.org$/],
  ])('[G-02] PUBLIC_BASE_URL %s is refused', (PUBLIC_BASE_URL, message) => {
    expect(listProblems({ ...clients, PUBLIC_BASE_URL })).toEqual([expect.stringMatching(message)]);
  });

  test('CLIENTS_FILE needs a PUBLIC_BASE_URL', () => {
    expect(listProblems({ CLIENTS_FILE: 'clients.yaml' })).toEqual([
      expect.stringMatching(/^PUBLIC_BASE_URL: is needed with CLIENTS_FILE/),
    ]);
  });

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['PORT', '0x10'],
    ['PORT', 'http'],
    ['FHIR_BUDGET_MS', '49'],
    ['FHIR_BUDGET_MS', '60001'],
    ['FHIR_BUDGET_MS', '2s'],
    ['TIME_ZONE', 'Mars/Olympus'],
    ['TIME_ZONE', '+01:00'],
    ['LOG_LEVEL', 'verbose'],
    ['CODE_SYSTEMS_OFF', 'cpt,icd9'],
    ['RATE_LIMIT', '0'],
    ['RATE_LIMIT', 'many'],
    ['PUBLIC_BASE_URL', 'cds'],
    ['HOST', '[::1]'],
    ['PATIENT_KEY', 'secret'],
    ['KEEP_COMMENTS', 'yes'],
    ['RETENTION_DAYS', '0'],
    ['ADMIN_TOKEN', 'fifteen-letters'],
    ['ADMIN_TOKEN', 'with a space in it'],
  ])('%s=%s is a problem of its own', (name, value) => {
    const problems = listProblems({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  test('reports all problems, one per line, and no secret', () => {
    const env = {
      HOST: '0.0.0.0',
      PORT: 'x',
      TIME_ZONE: 'x',
      DATABASE_URL: 'postgres://u:hush@h/d',
      ADMIN_TOKEN: 'hush',
    };
    expect(listProblems(env)).toHaveLength(5);
    try {
      readConfig(env);
    } catch (error) {
      expect((error as Error).message.split('\n')).toHaveLength(5);
      expect((error as Error).message).not.toContain('hush');
    }
  });
});
