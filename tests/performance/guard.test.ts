import { expect, test } from 'vitest';
import { compare, type Measured } from '../../bench/calls.ts';
import { CALLS } from './limits.ts';

const TRIES = 3;
const COMPARISON = {
  callees: ['node:http', 'open', 'RS384'],
  sizes: [12, 108],
  levels: [16],
  rounds: 3,
  share: 1 / 3,
  warmUp: 1 / 3,
} as const;

type Limit = (typeof CALLS)[number];
const nameOf = ({ size, scope, callee }: Limit | Measured) => `${size} KB, ${scope}, ${callee}`;

test('a call takes no more CPU, beside a bare server, than it used to', { timeout: 900_000 }, async () => {
  const best = new Map<string, number>();
  const isWorse = (limit: Limit) => (best.get(nameOf(limit)) ?? 0) < limit.least;
  for (let tries = 0; tries < TRIES && CALLS.some(isWorse); tries += 1) {
    for (const one of await compare(COMPARISON, { now: () => new Date(), tell: () => {} }))
      best.set(nameOf(one), Math.max(best.get(nameOf(one)) ?? 0, one.cpuBesideNode));
  }
  console.log([...best].map(([name, ratio]) => `${name}: ${ratio}`).join('\n'));
  expect(CALLS.filter(isWorse).map((limit) => `${nameOf(limit)}: ${best.get(nameOf(limit))}`)).toEqual([]);
});
