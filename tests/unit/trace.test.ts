import { describe, expect, test } from 'vitest';
import { headersOf, traceOf } from '../../src/trace.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent that is valid', () => {
  test.each([
    [`00-${ID}-${SPAN}-01`, true],
    [`00-${ID}-${SPAN}-00`, false],
    [`00-${ID}-${SPAN}-fe`, false],
    [`cc-${ID}-${SPAN}-01`, true],
    [`cc-${ID}-${SPAN}-01-what-the-future-will-be-like`, true],
  ])('%s names the trace', (header, isSampled) => {
    expect(traceOf(header)).toEqual({ traceId: ID, isSampled });
  });
});

describe('a traceparent that is not', () => {
  test.each([
    '',
    'nonsense',
    `00-${ID}-${SPAN}`,
    `00-${ID}-${SPAN}-01-more`,
    `00-${ID}-${SPAN}-01, 00-${ID}-${SPAN}-01`,
    `ff-${ID}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${ID}-${'0'.repeat(16)}-01`,
    `00-${ID.toUpperCase()}-${SPAN}-01`,
    ` 00-${ID}-${SPAN}-01`,
    `cc-${ID}-${SPAN}-01.x`,
    `00-${'a'.repeat(100_000)}`,
  ])('%.60s begins a new trace', (header) => {
    const { traceId, isSampled } = traceOf(header);
    expect(traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    expect(traceId).not.toBe(ID);
    expect(isSampled).toBe(false);
  });
});

describe('a tracestate', () => {
  const parent = `00-${ID}-${SPAN}-01`;
  const long = `a=${'x'.repeat(510)}`;

  test.each(['congo=t61rcWkgMzE', 'rojo=00f067aa0ba902b7, congo=t61rcWkgMzE', long])(
    '%.40s goes along as it is',
    (state) => {
      expect(traceOf(parent, state)).toEqual({ traceId: ID, isSampled: true, state });
      expect(headersOf({ traceId: ID, isSampled: true, state }).tracestate).toBe(state);
    },
  );

  test.each(['', `${long}x`, 'a=\u00e4', 'a=b\tc'])('%.40j does not', (state) => {
    expect(traceOf(parent, state)).toEqual({ traceId: ID, isSampled: true });
  });

  test('does not go into a new trace, nor is one made up', () => {
    expect(traceOf('nonsense', 'congo=t61rcWkgMzE')).not.toHaveProperty('state');
    expect(headersOf({ traceId: ID, isSampled: true })).not.toHaveProperty('tracestate');
  });
});

test('each child is of the same trace, and another one', () => {
  const children = [1, 2].map(() => headersOf({ traceId: ID, isSampled: true }).traceparent);
  for (const child of children) expect(child).toMatch(new RegExp(`^00-${ID}-(?!${SPAN})[0-9a-f]{16}-01$`));
  expect(new Set(children).size).toBe(2);
  expect(headersOf({ traceId: ID, isSampled: false }).traceparent).toMatch(/-00$/);
});
