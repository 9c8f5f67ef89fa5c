import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Started, shell, start } from './run.ts';

/** An empty folder, in which nothing but the packed package and what it depends on is installed. */
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-package-'));
const TARBALL = 'rehab-first.tgz';
const BIN = 'node_modules/rehab-first/bin/rehab-first.js';
const REQUEST = 'fixtures/requests/order-select/gluteal-no-rehab.json';
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const manifest = read('package.json');

async function done(line: string, cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await shell(line, cwd);
  expect(code, `${line}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/** The lock file of whoever installs the package and nothing else: the same versions as here, without those for development. */
function lockFile(): object {
  const all = read('package-lock.json').packages as Record<string, { dev?: boolean; devOptional?: boolean }>;
  const needed = Object.entries(all).filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional);
  const { name, version, dependencies, bin, engines } = manifest;
  const integrity = `sha512-${createHash('sha512')
    .update(readFileSync(join(dir, TARBALL)))
    .digest('base64')}`;
  const own = { version, resolved: `file:${TARBALL}`, integrity, dependencies, bin, engines };
  const root = { name: 'empty', dependencies: { [name]: `file:${TARBALL}` } };
  return {
    name: 'empty',
    lockfileVersion: 3,
    packages: { '': root, [`node_modules/${name}`]: own, ...Object.fromEntries(needed) },
  };
}

beforeAll(async () => {
  const [{ filename }] = JSON.parse(await done(`npm pack --ignore-scripts --json --pack-destination ${dir}`));
  cpSync(join(dir, filename), join(dir, TARBALL));
  const root = { name: 'empty', private: true, type: 'module', dependencies: { 'rehab-first': `file:${TARBALL}` } };
  writeFileSync(join(dir, 'package.json'), JSON.stringify(root));
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify(lockFile()));
  await done('npm ci --prefer-offline --ignore-scripts --no-audit --no-fund', dir);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('publint finds nothing wrong with the package', async () => {
  const tarball = new Uint8Array(readFileSync(join(dir, TARBALL))).buffer;
  const { messages } = await publint({ pack: { tarball }, strict: true });
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
});

test('what is installed is the package and its dependencies, and nothing for development', async () => {
  const { dependencies } = JSON.parse(await done('npm ls --all --json', dir));
  expect(Object.keys(dependencies)).toEqual(['rehab-first']);
  expect(Object.keys(dependencies['rehab-first'].dependencies).sort()).toEqual(
    Object.keys(manifest.dependencies).sort(),
  );
  for (const name of Object.keys(manifest.devDependencies))
    expect((await shell(`ls node_modules/${name}`, dir)).code, name).not.toBe(0);
});

test('every page of the package links to what is in it, or to the web', () => {
  const root = join(dir, 'node_modules/rehab-first');
  const pages = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  const links = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(([, to = '']) => ({ page, to })),
  );
  const local = links.filter(({ to }) => !/^https?:/.test(to));
  expect(local.length).toBeGreaterThan(20);
  expect(local.filter(({ page, to }) => !existsSync(join(root, dirname(page), to)))).toEqual([]);
});

describe('the installed package', () => {
  test('checks, explains and exports by npx', async () => {
    expect(await done('npx --no rehab-first check', dir)).toMatch(/^\d+ cards.*\nAll well\.\n$/);
    const explained = await done(`npx --no rehab-first explain ${resolve(REQUEST)} 2026-11-24`, dir);
    expect(explained).toContain('[warning] Try 8 weeks of load education and hip exercise before this injection');
    expect(JSON.parse(await done('npx --no rehab-first export', dir)).resourceType).toBe('Bundle');
  });

  describe('serves', () => {
    let service: Started;
    beforeAll(async () => {
      service = await start({}, dir, BIN);
    });
    afterAll(async () => expect(await service.stop()).toBe(0));

    test('its pages with their scripts, and says why it has no demo EHR', async () => {
      for (const path of ['/', '/knowledge', '/insights']) {
        const page = await (await fetch(service.url + path)).text();
        const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
        expect((await fetch(service.url + script)).status, `${path} ${script}`).toBe(200);
      }
      const demo = await fetch(`${service.url}/fhir/metadata`);
      expect([demo.status, await demo.text()]).toEqual([404, expect.stringContaining('development')]);
    });

    test('a card, to the call that it prints', async () => {
      const curl = service.lines.find((line) => line.startsWith('curl')) ?? '';
      expect(JSON.parse(await done(curl))).toMatchObject({ cards: [{ indicator: 'warning' }] });
    });
  });
});

describe('the examples of docs/embedding.md', () => {
  const examples = [...readFileSync('docs/embedding.md', 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code = '']) => code,
  );
  const [engine = '', service = ''] = examples;

  /** The program of somebody who uses the package, with types of Node.js of their own. */
  const own = join(dir, 'own');
  const compile = `${resolve('node_modules/.bin/tsc')} --strict --exactOptionalPropertyTypes --module nodenext --target es2023 --types node`;

  beforeAll(async () => {
    mkdirSync(join(own, 'node_modules/@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types'])
      symlinkSync(resolve('node_modules', name), join(own, 'node_modules', name));
    writeFileSync(join(own, 'engine.ts'), engine);
    writeFileSync(join(own, 'service.ts'), service);
    cpSync(REQUEST, join(own, 'call.json'));
    await done(`${compile} engine.ts service.ts`, own);
  });

  test('there are two', () => expect(examples).toHaveLength(2));

  test('compile against the types of the package, which say what is wrong', async () => {
    writeFileSync(join(own, 'wrong.ts'), engine.replace('now: new Date', 'then: new Date'));
    const { code, stdout } = await shell(`${compile} --noEmit wrong.ts`, own);
    expect(code).not.toBe(0);
    expect(stdout).toContain("'then' does not exist in type 'AnswerOptions'");
  });

  test('the engine says its card', async () => {
    expect(await done('node engine.js', own)).toMatch(/^warning: Try 8 weeks of load education and hip exercise/);
  });

  test('the service lists what it offers', async () => {
    expect(await done('node service.js', own)).toBe('rehab-first-order-select rehab-first-order-sign\n');
  });
});
