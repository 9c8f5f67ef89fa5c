import { describe, expect, test } from 'vitest';
import { surviveOutage } from '../../src/clients/seen-tokens.ts';
import { Unavailable } from '../../src/errors.ts';
import { rememberTokens } from './client-app.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const soon = new Date(NOW + 60_000);

function startAt(time = NOW) {
  const now = { time };
  const store = { isAway: false, insert: rememberTokens() };
  const insert = surviveOutage(
    async (...token) => {
      if (store.isAway) throw new Unavailable('away');
      return store.insert(...token);
    },
    () => new Date(now.time),
  );
  return { now, store, insert };
}

describe('token ids of one use', () => {
  test('are for the store to tell', async () => {
    const { store, insert } = startAt();
    await store.insert('iss', 'used elsewhere', soon);
    expect(await insert('iss', 'used elsewhere', soon)).toBe(false);
    expect([await insert('iss', 'a', soon), await insert('iss', 'a', soon)]).toEqual([true, false]);
    expect(await insert('other', 'a', soon)).toBe(true);
  });

  test('while it is away, are new once here, of any number at once, and used afterwards too', async () => {
    const { store, insert } = startAt();
    store.isAway = true;
    const all = await Promise.all(Array.from({ length: 20 }, () => insert('iss', 'a', soon)));
    expect(all.filter((isFirst) => isFirst)).toHaveLength(1);
    store.isAway = false;
    expect(await insert('iss', 'a', soon)).toBe(false);
  });

  test('seen before it went away are used', async () => {
    const { store, insert } = startAt();
    await insert('iss', 'a', soon);
    store.isAway = true;
    expect(await insert('iss', 'a', soon)).toBe(false);
  });

  test('may come again once they have expired', async () => {
    const { now, store, insert } = startAt();
    store.isAway = true;
    await insert('iss', 'a', soon);
    now.time += 60_001;
    expect(await insert('iss', 'a', new Date(now.time + 60_000))).toBe(true);
  });

  test('any other fault of the store is told', async () => {
    const insert = surviveOutage(
      () => Promise.reject(new Error('a fault of ours')),
      () => new Date(NOW),
    );
    await expect(insert('iss', 'a', soon)).rejects.toThrow('a fault of ours');
  });
});
