import { describe, expect, test } from 'vitest';
import { progressLine } from '../../../src/cli/simulate.ts';

const started = Date.parse('2026-11-24T09:00:00Z');

/** What is written when told so far after so many seconds. */
function told(isTerminal: boolean, steps: readonly (readonly [seconds: number, share: number, amount: number])[]) {
  let now = started;
  const written: string[] = [];
  const progress = progressLine(
    () => new Date(now),
    (text) => written.push(text),
    isTerminal,
  );
  for (const [seconds, share, amount] of steps) {
    now = started + seconds * 1000;
    progress('judging', share, amount, 'patients');
  }
  return written.map((text) => text.replace(/ +(\n?)$/, '$1'));
}

describe('progress', () => {
  test('is a bar in a terminal, with rate and time left, that ends its line once', () => {
    expect(
      told(true, [
        [0, 0, 0],
        [0.1, 0.01, 10],
        [10, 0.25, 2500],
        [40, 1, 10_000],
        [40, 1, 10_000],
      ]),
    ).toEqual([
      `\rjudging ${'░'.repeat(24)}   0 %  0 patients`,
      `\rjudging ${'█'.repeat(6)}${'░'.repeat(18)}  25 %  2,500 patients, 250 patients/s, 30 s left`,
      `\rjudging ${'█'.repeat(24)} 100 %  10,000 patients, 250 patients/s\n`,
    ]);
  });

  test('is a line a minute elsewhere, so that a short run says nothing', () => {
    expect(
      told(false, [
        [0, 0, 0],
        [59, 0.5, 50],
        [60, 0.5, 60],
        [61, 0.6, 61],
      ]),
    ).toEqual(['judging: 50 %, 60 patients, 1 patients/s, 60 s left\n']);
    expect(
      told(false, [
        [0, 0, 0],
        [20, 1, 10],
      ]),
    ).toEqual([]);
  });

  test('what an earlier run has done counts as done, not as fast', () => {
    expect(
      told(true, [
        [0, 0.5, 100],
        [10, 0.75, 600],
      ])[1],
    ).toContain('600 patients, 50 patients/s, 10 s left');
  });
});
