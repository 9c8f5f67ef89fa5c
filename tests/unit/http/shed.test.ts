import { expect, test } from 'vitest';
import { delayIn, watchEventLoop } from '../../../src/http/event-loop.ts';
import { MOST_DELAY_MS, shedAbove } from '../../../src/http/shed.ts';

const shareShedAt = (delay: number): number => {
  const isOverloaded = shedAbove(() => delay);
  return Array.from({ length: 1000 }, () => isOverloaded()).filter(Boolean).length / 1000;
};

test.each([
  [0, 0],
  [MOST_DELAY_MS, 0],
  [MOST_DELAY_MS * Math.SQRT2, 0.5],
  [MOST_DELAY_MS * 2, 0.75],
  [MOST_DELAY_MS * 10, 0.99],
])('at a delay of %d ms a share of %d is shed', (delay, share) => {
  expect(shareShedAt(delay)).toBeCloseTo(share, 2);
});

test('once work is quick again every call is taken', () => {
  let delay = 5000;
  const isOverloaded = shedAbove(() => delay);
  expect([isOverloaded(), isOverloaded()]).toEqual([true, true]);
  delay = 3;
  expect(isOverloaded()).toBe(false);
});

test.each([
  ['many turns are what they are', 300, 40, 10, 300],
  ['one long turn after quick ones does not count', 1500, 1, 10, 10],
  ['nor does one in which there was no time for a sample', 1500, 0, 10, 10],
  ['one long turn after another does', 1500, 1, 1200, 1200],
  ['and a quick one ends it', 12, 40, 1500, 12],
])('%s', (_name, medianMs, turns, beforeMs, delayMs) => {
  expect(delayIn(medianMs, turns, beforeMs)).toBe(delayMs);
});

test.each([1.5 * MOST_DELAY_MS, 1200])(
  'the gauge tells of turns of %d ms, and when they are short again',
  async (turnMs) => {
    const gauge = watchEventLoop();
    const until = performance.now() + 10_000;
    let greatest = 0;
    while (performance.now() < until && greatest < MOST_DELAY_MS) {
      const busyUntil = performance.now() + turnMs;
      while (performance.now() < busyUntil);
      await new Promise((resolve) => setImmediate(resolve));
      greatest = Math.max(greatest, gauge.delayMs());
    }
    expect(greatest).toBeGreaterThan(MOST_DELAY_MS);
    await expect.poll(gauge.delayMs, { timeout: 10_000 }).toBeLessThan(MOST_DELAY_MS);
    gauge.stop();
  },
);
