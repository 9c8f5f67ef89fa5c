import { describe, expect, test } from 'vitest';
import { uuidOf } from '../../../src/render/uuid.ts';

describe('a uuid made of its parts', () => {
  test.each([[['a']], [['call', 'patient', 'card', 'ServiceRequest/1']], [[]], [['']], [['ü', '\n', '"']]])(
    'of %j has the form of version 5',
    (parts) => {
      expect(uuidOf(...parts)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    },
  );

  test('is the same for the same parts', () => {
    expect(uuidOf('a', 'b')).toBe(uuidOf('a', 'b'));
  });

  test('is another for any other parts', () => {
    const parts = [['a', 'b'], ['b', 'a'], ['ab'], ['a'], ['a', 'b', ''], ['a","b'], ['a,b'], ['', 'a', 'b'], []];
    expect(new Set(parts.map((one) => uuidOf(...one))).size).toBe(parts.length);
  });
});
