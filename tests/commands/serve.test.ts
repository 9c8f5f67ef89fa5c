import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, type Started, shell, start } from './run.ts';

let service: Started;
beforeAll(async () => {
  service = await start();
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

const cardsOf = (stdout: string) => (JSON.parse(stdout) as { cards: { indicator: string; summary: string }[] }).cards;

describe('the running service', () => {
  test('prints where it is, and then a curl that returns one warning card', async () => {
    const at = service.lines.indexOf(`rehab-first ready at ${service.url}`);
    const curl = service.lines[at + 1] ?? '';
    expect(curl).toMatch(/^curl /);
    const { stdout } = await shell(curl);
    expect(cardsOf(stdout)).toMatchObject([{ indicator: 'warning', summary: expect.stringContaining('8 weeks') }]);
  });

  test("answers the README's request from a file with one warning card", async () => {
    const readme = readFileSync('README.md', 'utf8');
    const line = readme.split('\n').find((one) => one.startsWith('curl ')) ?? '';
    const { stdout } = await shell(line.replace('http://127.0.0.1:3000', service.url));
    expect(cardsOf(stdout)).toMatchObject([{ indicator: 'warning' }]);
  });

  test('lists its services with their prefetch', async () => {
    const { stdout } = await shell(`curl -sS ${service.url}/cds-services`);
    const { services } = JSON.parse(stdout) as {
      services: { id: string; hook: string; prefetch: Record<string, string> }[];
    };
    expect(services.map(({ id, hook }) => [hook, id])).toEqual([
      ['order-select', 'rehab-first-order-select'],
      ['order-sign', 'rehab-first-order-sign'],
    ]);
    expect(services[0]?.prefetch.patient).toBe('Patient/{{context.patientId}}');
  });

  test('logs no patient id and no token', async () => {
    await shell(
      `curl -sS -H 'Content-Type: application/json' -d @fixtures/requests/order-select/gluteal-no-rehab-without-prefetch.json ${service.url}/cds-services/rehab-first-order-select`,
    );
    const log = () => service.lines.filter((line) => line.startsWith('{')).join('\n');
    await expect.poll(log, { timeout: 30_000 }).toMatch(/"hookInstance":.*"msg":"request"/);
    expect(log()).not.toMatch(/gluteal-no-rehab|example-token|Patient\//);
  });
});

test('feedback that was answered 200 outlives a crash: the same order is not told again', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rehab-first-data-'));
  const before = await start({ DATA_DIR: dataDir });
  const curl = before.lines.find((line) => line.startsWith('curl ')) ?? '';
  const { stdout } = await shell(curl);
  const { cards } = JSON.parse(stdout) as { cards: { uuid: string }[] };
  const feedback = [
    { card: cards[0]?.uuid, outcome: 'overridden', outcomeTimestamp: new Date().toISOString() },
    {
      card: 'never shown',
      outcome: 'accepted',
      acceptedSuggestions: [{ id: 'any' }],
      outcomeTimestamp: '2026-01-01T00:00:00Z',
    },
  ];
  const answered = await fetch(`${before.url}/cds-services/rehab-first-order-select/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ feedback }),
  });
  expect(answered.status).toBe(200);
  await before.kill();
  const after = await start({ DATA_DIR: dataDir });
  expect(cardsOf((await shell(curl.replace(before.url, after.url))).stdout)).toEqual([]);
  expect(await after.stop()).toBe(0);
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a service that cannot start says everything that is wrong', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-cards-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('about broken card files', async () => {
    const cards = join(dir, 'cards');
    cpSync('cards', cards, { recursive: true });
    const edit = (file: string, from: string, to: string) => {
      const path = join(cards, file);
      const text = readFileSync(path, 'utf8');
      expect(text).toContain(from);
      writeFileSync(path, text.replace(from, to));
    };
    edit('conservative-care/discectomy.yaml', 'criterion: late-with-trial', 'criterion: late-with-trail');
    edit('facts/care.yaml', 'reader: course', 'reader: curse');
    edit('parameters/classes.yaml', 'trochanteric.cap:', 'trochanteric.cup:');
    const { code, stderr } = await run(['serve'], { CARDS_DIR: cards, PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /cards\/conservative-care\/discectomy\.yaml:\d+:\d+ {2}\/silence\/2\/criterion {2}unknown criterion "late-with-trail"; did you mean "late-with-trial"\?/,
    );
    expect(stderr).toMatch(
      /cards\/facts\/care\.yaml:\d+:\d+ {2}\/care\.physiotherapy\/reader {2}unknown reader "curse"; did you mean "course"\?/,
    );
    expect(stderr).toMatch(/unknown parameter "trochanteric\.cap"; did you mean "trochanteric\.cup"\?/);
  });

  test('about its store', async () => {
    const file = join(dir, 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await run(['serve'], { DATA_DIR: file, PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^DATA_DIR: the store in .*a-file cannot be opened: /);
  });

  test('about its settings', async () => {
    const { code, stderr } = await run(['serve'], {
      HOST: '0.0.0.0',
      PORT: 'many',
      TIME_ZONE: 'Mars/Olympus',
      PUBLIC_BASE_URL: 'cds.example.org',
    });
    expect(code).toBe(1);
    for (const name of ['HOST', 'PORT', 'TIME_ZONE', 'PUBLIC_BASE_URL']) expect(stderr).toContain(name);
  });
});

describe('explain', () => {
  const explain = async (file: string) =>
    (await run(['explain', `fixtures/requests/order-select/${file}.json`, '2026-11-24'])).stdout;

  test('says why a card fires, on which resources', async () => {
    expect(await explain('gluteal-no-rehab')).toMatch(
      /trochanteric-injection .*fires, warning rehab-first[\s\S]*no-care-found: holds/,
    );
  });

  test('says why a completed programme is silent', async () => {
    expect(await explain('gluteal-completed-programme')).toMatch(
      /silent, adequate-and-nothing-to-say[\s\S]*Shown: nothing/,
    );
  });

  test('says which red flag silences', async () => {
    expect(await explain('sciatica-urinary-retention')).toMatch(/The whole call is silent: cauda-equina/);
  });

  test('says that a knee injection is no order of ours', async () => {
    expect(await explain('knee-osteoarthritis')).toContain('{"cards":[]}');
  });

  test('names what is wrong with a request', async () => {
    const { code, stderr } = await run(['explain', 'fixtures/expected.json']);
    expect(code).toBe(1);
    expect(stderr).toContain('must');
  });
});

test('check --print prints the pack as one document to sign', async () => {
  const { code, stdout } = await run(['check', '--print']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# Knowledge for sign-off\n\nRevision `sha256:/);
  expect(stdout).toContain('## Open doubts');
});

test('an unknown command prints the usage and ends with 2', async () => {
  expect(await run(['dance'])).toMatchObject({ code: 2, stderr: expect.stringContaining('rehab-first <command>') });
});
