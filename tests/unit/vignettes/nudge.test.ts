import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import type { Parameter } from '../../../src/knowledge/types.ts';
import { untestedNumbers, whoNotices } from '../../../src/vignettes/nudge.ts';
import { runVignettes } from '../../../src/vignettes/run.ts';

const knowledge = loadKnowledge({ dir: 'cards' });
const results = runVignettes(knowledge);
const dir = mkdtempSync(join(tmpdir(), 'rehab-first-nudge-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const moved = (name: string, value: number): Parameter => ({
  ...(knowledge.parameters.get(name) as Parameter),
  value,
});
const noticedBy = (name: string, value: number): string[] =>
  [...whoNotices(moved(name, value), knowledge, results)].map(({ card, vignette }) => `${card}: ${vignette.name}`);

/** The long way: the pack loaded with the number changed, its bounds aside, and every vignette built and run again. */
function differsWhenLoadedWith(name: string, value: number): string[] {
  const siteParameters = join(dir, `${name}.yaml`);
  writeFileSync(siteParameters, `${name}: ${value}\n`);
  const unbound = join(dir, 'cards');
  cpSync('cards', unbound, { recursive: true });
  for (const file of readdirSync(join(unbound, 'parameters'))) {
    const text = readFileSync(join('cards/parameters', file), 'utf8');
    writeFileSync(join(unbound, 'parameters', file), text.replaceAll(/^ {2}(?:least|most): .*\n/gm, ''));
  }
  const again = runVignettes(loadKnowledge({ dir: unbound, siteParameters }));
  return again.flatMap(({ card, vignette, actual }, index) =>
    actual === results[index]?.actual ? [] : [`${card}: ${vignette.name}`],
  );
}

test.each([
  ['a limit of one card', 'facet.contacts', 1],
  ['a window of a silence criterion that all cards share', 'red-flags.motor-window', -1],
  ['a window of a fact that another fact hangs on', 'injections.window', -6],
  ['the end of a scale', 'pain.scale', -1],
])('%s, moved, is noticed by the vignettes that differ when the pack is loaded with it', (_, name, step) => {
  const value = (knowledge.parameters.get(name)?.value ?? 0) + step;
  const noticed = noticedBy(name, value);
  expect(noticed).not.toEqual([]);
  expect(noticed).toEqual(differsWhenLoadedWith(name, value));
});

test('a number that stays where it is is noticed by none', () => {
  for (const { name, value } of knowledge.parameters.values()) expect(noticedBy(name, value), name).toEqual([]);
});

test('a number that no vignette notices is told, with the step', () => {
  const others = results.filter(({ card }) => !card.startsWith('facet-'));
  const { value = 0, unit } = knowledge.parameters.get('facet.contacts') ?? {};
  expect(untestedNumbers(knowledge, others)).toEqual(
    expect.arrayContaining([
      `no vignette notices "facet.contacts" moved from ${value} to ${value + 1} ${unit}`,
      `no vignette notices "facet.contacts" moved from ${value} to ${value - 1} ${unit}`,
    ]),
  );
});
