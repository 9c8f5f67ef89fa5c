import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writePack } from '../../bench/cql.ts';
import { dayIn } from '../../src/clinical/dates.ts';
import { moveStory } from '../../src/clinical/story.ts';
import { readRequest } from '../support/fixtures.ts';

test('the rule that is compared with CQL comes to the same there and here', { timeout: 120_000 }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'rehab-first-same-rule-'));
  writePack(join(dir, 'pack'));
  const file = join(dir, 'bodies.json');
  const fires = (script: string, body: string): boolean => {
    writeFileSync(file, JSON.stringify([body]));
    const args = [`bench/servers/${script}.mjs`, file, '1', '1', join(dir, 'pack'), '0'];
    const [found] = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as { fires: number }[];
    return found?.fires === 1;
  };
  const stories = ['gluteal-no-rehab', 'gluteal-completed-programme', 'discectomy-no-care'];
  const found = stories.map((story) => {
    const body = JSON.stringify(moveStory(readRequest(`order-select/${story}.json`), dayIn(new Date(), 'UTC')));
    return [fires('cql', body), fires('same-rule', body)];
  });
  rmSync(dir, { recursive: true, force: true });
  expect(found).toEqual([
    [true, true],
    [false, false],
    [false, false],
  ]);
});
