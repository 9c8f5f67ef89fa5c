import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = new URL('../src/', import.meta.url);

/** From the bottom up; of the three at the top, each composes those before it. A file imports from rows below its own and from its own folder, nothing else. */
const ROWS: readonly (readonly string[])[] = [
  ['logic', 'errors', 'documents', 'trace'],
  ['clinical'],
  ['cds-hooks'],
  ['terminology'],
  ['chart'],
  ['orders'],
  ['facts'],
  ['knowledge'],
  ['rules'],
  ['render'],
  ['answer', 'vignettes', 'sign-off'],
  ['store'],
  ['memory'],
  ['clients'],
  ['http'],
  ['app'],
  ['site'],
  ['insights', 'metrics', 'handbook', 'workbench'],
  ['simulate', 'export'],
  ['demo'],
  ['settings'],
  ['config'],
  ['cli'],
  ['main', 'index'],
];

/** What a module that stands in a high row may use of the rows below, where that is less than all. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  settings: ['terminology/systems.ts', 'chart/loopback.ts', 'store/patient-key.ts'],
  config: ['settings.ts'],
  store: ['errors.ts', 'cds-hooks/types.ts'],
  clients: [
    'errors.ts',
    'cds-hooks/types.ts',
    'chart/fhir-agent.ts',
    'chart/fhir-url.ts',
    'chart/loopback.ts',
    'documents/problem.ts',
    'documents/schema.ts',
    'documents/shape.ts',
    'documents/yaml.ts',
    'logic/json.ts',
  ],
  site: ['errors.ts', 'http/compressed.ts', 'http/method-not-allowed.ts', 'http/request-log.ts'],
  insights: [
    'clinical/dates.ts',
    'errors.ts',
    'http/method-not-allowed.ts',
    'http/request-log.ts',
    'knowledge/types.ts',
    'render/uuid.ts',
    'site/page.ts',
    'store/store.ts',
  ],
  metrics: ['chart/slice.ts', 'http/method-not-allowed.ts', 'http/request-log.ts', 'store/store.ts'],
  handbook: [
    'http/compressed.ts',
    'http/method-not-allowed.ts',
    'http/request-log.ts',
    'knowledge/language.ts',
    'knowledge/types.ts',
    'sign-off/document.ts',
    'site/page.ts',
  ],
  export: [
    'errors.ts',
    'http/compressed.ts',
    'http/method-not-allowed.ts',
    'http/request-log.ts',
    'knowledge/facts-of.ts',
    'knowledge/types.ts',
    'sign-off/document.ts',
    'sign-off/glossary.ts',
    'sign-off/wording.ts',
    'terminology/systems.ts',
  ],
  simulate: [
    'answer.ts',
    'cds-hooks/types.ts',
    'chart/chart.ts',
    'chart/slice.ts',
    'clinical/dates.ts',
    'errors.ts',
    'facts/reading.ts',
    'insights/csv.ts',
    'knowledge/facts-of.ts',
    'knowledge/load.ts',
    'knowledge/types.ts',
    'logic/json.ts',
    'render/card.ts',
    'rules/decide.ts',
    'rules/evaluate.ts',
    'rules/explain.ts',
  ],
  demo: ['errors.ts', 'clinical/dates.ts', 'clinical/story.ts', 'http/body.ts', 'logic/json.ts'],
};

/** Hung on the core, and removable without touching it: nothing but the command line imports them. */
const LEAVES = ['site', 'insights', 'metrics', 'handbook', 'workbench', 'simulate', 'export'];

/** What pages in the browser may name of the server: types, which are gone when they run. */
const SHARED_TYPES = ['insights/report.ts', 'workbench/explanation.ts', 'cds-hooks/types.ts'];
/** Packages that the pages are made of. */
const PAGE_PACKAGES = /^(?:preact|d3-scale|d3-shape)(?:\/|$)/;

/** Packages that one place alone knows. */
const SINGLETONS: Readonly<Record<string, (file: string) => boolean>> = {
  express: (file) =>
    file.startsWith('http/') ||
    file === 'app.ts' ||
    ['export', 'handbook', 'insights', 'metrics', 'workbench'].some((leaf) => file === `${leaf}/routes.ts`) ||
    file === 'site/page.ts',
  helmet: (file) => file === 'app.ts',
  'prom-client': (file) => file === 'metrics/metrics.ts',
  'express-rate-limit': (file) => file === 'http/rate-limit.ts',
  'fhir-kit-client': (file) => file === 'chart/fhir-reader.ts',
  ajv: (file) =>
    ['cds-hooks/', 'documents/', 'clients/'].some((folder) => file.startsWith(folder)) ||
    file === 'knowledge/schema.ts',
  jose: (file) => file.startsWith('clients/'),
  opossum: (file) => file === 'chart/fhir-breaker.ts',
  kysely: (file) => file.startsWith('store/'),
  libsql: (file) => file.startsWith('store/'),
  pg: (file) => file === 'store/postgres.ts',
  'js-yaml': (file) => file === 'documents/yaml.ts',
  yaml: (file) => file === 'documents/yaml.ts',
  '@medplum': (file) => file.startsWith('demo/'),
};

const everyFile = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.[jt]sx?$/.test(file))
  .sort();
/** Pages run in a browser: a world of their own. */
const isPage = (file: string): boolean => file.startsWith('pages/');
const files = everyFile.filter((file) => !isPage(file));

/** Without comments, so that a word in one is no breach. */
const code = new Map(
  everyFile.map((file) => [
    file,
    readFileSync(new URL(file, SRC), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, ''),
  ]),
);

const IMPORT =
  /^(?:import|export)\b[^;'"`=(]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm;

const importsOf = (some: readonly string[]) =>
  some.flatMap((file) =>
    [...(code.get(file) ?? '').matchAll(IMPORT)].map((match) => ({
      file,
      from: match[1] ?? match[2] ?? match[3] ?? '',
      isType: match[0].startsWith('import type '),
    })),
  );
const resolved = ({ file, from }: { file: string; from: string }) => posix.normalize(posix.join(dirname(file), from));

const imports = importsOf(files);
const local = imports
  .filter(({ from }) => from.startsWith('.'))
  .map(({ file, from }) => ({ file, to: resolved({ file, from }) }));
const packages = imports.filter(({ from }) => !from.startsWith('.') && !from.startsWith('node:'));

const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file.slice(0, -3));
const rowOf = (file: string): number => ROWS.findIndex((row) => row.includes(folderOf(file)));
const breaches = (pattern: RegExp, isAllowed: (file: string) => boolean): string[] =>
  files.filter((file) => !isAllowed(file) && pattern.test(code.get(file) ?? ''));

describe('folders form one line, and imports go down it', () => {
  test('the spec sees the imports that are there', () => {
    expect(local).toContainEqual({ file: 'answer.ts', to: 'rules/decide.ts' });
    expect(packages).toContainEqual({ file: 'app.ts', from: 'express', isType: false });
    expect(packages).toContainEqual({ file: 'documents/yaml.ts', from: 'yaml', isType: false });
  });

  test('every file stands in a row', () => {
    expect(files.filter((file) => rowOf(file) < 0)).toEqual([]);
  });

  test('no file imports from its own row or above, but from its own folder', () => {
    const upwards = local.filter(({ file, to }) => folderOf(file) !== folderOf(to) && rowOf(to) >= rowOf(file));
    expect(upwards.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  test.each(Object.entries(ONLY))('%s imports no more of the rows below than it is granted', (name, granted) => {
    const more = local.filter(
      ({ file, to }) => folderOf(file) === name && folderOf(to) !== name && !granted.includes(to),
    );
    expect(more.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  test('the store is known to memory, settings, cli, index, insights and metrics only', () => {
    const users = local.filter(({ file, to }) => folderOf(to) === 'store' && folderOf(file) !== 'store');
    expect(
      users.filter(
        ({ file }) => !['memory', 'settings', 'cli', 'index', 'insights', 'metrics'].includes(folderOf(file)),
      ),
    ).toEqual([]);
  });

  test('clients are known to cli and main only', () => {
    const users = local.filter(({ file, to }) => folderOf(to) === 'clients' && folderOf(file) !== 'clients');
    expect(users.filter(({ file }) => !['cli', 'main'].includes(folderOf(file)))).toEqual([]);
  });

  test('leaves are known to the command line and to each other only', () => {
    const users = local.filter(({ file, to }) => LEAVES.includes(folderOf(to)) && !LEAVES.includes(folderOf(file)));
    expect(users.map(({ file }) => folderOf(file)).filter((folder) => folder !== 'cli')).toEqual([]);
    expect(users.length).toBeGreaterThan(0);
  });

  test('the demo EHR is loaded by serve only, and only when it is asked for', () => {
    const users = local.filter(({ file, to }) => folderOf(to) === 'demo' && folderOf(file) !== 'demo');
    expect(users).toEqual([{ file: 'cli/compose.ts', to: 'demo/open.ts' }]);
    expect(code.get('cli/compose.ts')).toContain("await import('../demo/open.ts')");
    const needDevelopment = ['ehr', 'query', 'repository', 'search-parameters'];
    const open = code.get('demo/open.ts') ?? '';
    for (const name of needDevelopment) expect(open).not.toMatch(new RegExp(`^import (?!type).*/${name}\\.ts'`, 'm'));
  });

  test('the workbench is loaded by serve only, and only in open mode', () => {
    const users = local.filter(({ file, to }) => folderOf(to) === 'workbench' && folderOf(file) !== 'workbench');
    expect(users.map(({ file, to }) => `${file} imports ${to}`)).toEqual([
      'cli/compose.ts imports workbench/routes.ts',
      'cli/compose.ts imports workbench/patients.ts',
    ]);
    expect(code.get('cli/compose.ts')).not.toMatch(/^import (?!type).*workbench/m);
    expect(code.get('cli/serve.ts')).toContain('isOpen ? await loadWorkbench(');
  });

  test('config imports no package', () => {
    expect(packages.filter(({ file }) => file === 'config.ts')).toEqual([]);
  });

  test('every local import names a file under src', () => {
    const strangers = local.filter(({ to }) => !files.includes(to));
    expect(strangers.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });
});

describe('pages', () => {
  const pages = importsOf(everyFile.filter((file) => isPage(file) && !file.endsWith('.config.ts')));
  const outward = pages
    .filter(({ from }) => from.startsWith('.'))
    .map((one) => ({ ...one, to: resolved(one) }))
    .filter(({ to }) => !isPage(to));

  test('the spec sees the imports that are there', () => {
    expect(outward).toContainEqual(expect.objectContaining({ to: 'insights/report.ts', isType: true }));
  });

  test('import nothing from the server but types, and those only where they are shared', () => {
    const more = outward.filter(({ to, isType }) => !isType || !SHARED_TYPES.includes(to));
    expect(more.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
    for (const file of SHARED_TYPES) expect(importsOf([file])).toEqual([]);
  });

  test('are made of their own packages, and no server file imports them', () => {
    const others = pages.filter(({ from }) => !from.startsWith('.') && !PAGE_PACKAGES.test(from));
    expect(others.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
    expect(packages.filter(({ from }) => PAGE_PACKAGES.test(from))).toEqual([]);
    expect(local.filter(({ to }) => isPage(to))).toEqual([]);
  });

  test('set no style in markup, which their policy forbids', () => {
    const styled = everyFile.filter(
      (file) => isPage(file) && /\bstyle=|dangerouslySetInnerHTML/.test(code.get(file) ?? ''),
    );
    expect(styled).toEqual([]);
  });
});

describe('what one place alone may do', () => {
  test.each(Object.entries(SINGLETONS))('%s is imported in its own place only', (name, isAllowed) => {
    const elsewhere = packages.filter(
      ({ file, from }) => (from === name || from.startsWith(`${name}/`)) && !isAllowed(file),
    );
    expect(elsewhere.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
  });

  test('process.env is read in config only', () => {
    expect(breaches(/\bprocess\s*\.\s*env\b|\bprocess\s*\[/, (file) => file === 'config.ts')).toEqual([]);
  });

  test('the clock is read at the top only', () => {
    const isTop = (file: string) => file === 'main.ts' || file === 'index.ts';
    expect(breaches(/\bDate\s*\.\s*now\b|\bnew Date\s*(?:\(\s*\)|(?!\s*\())/, isTop)).toEqual([]);
  });

  test('nothing is random, but names of records, of traces, and a new key', () => {
    const pattern = /\bMath\s*\.\s*random\b|\brandom(?:UUID|Bytes|Int)\b/;
    expect(breaches(pattern, (file) => file === 'store/random.ts' || file === 'trace.ts')).toEqual([]);
  });

  test('nothing reaches into tests or fixtures, but the example of the command line, the demo EHR and the workbench', () => {
    const isAllowed = (file: string) => ['cli/example.ts', 'demo/ehr.ts', 'workbench/patients.ts'].includes(file);
    expect(breaches(/['"`](?:\.{1,2}\/)+(?:tests|fixtures)\//, isAllowed)).toEqual([]);
  });
});
