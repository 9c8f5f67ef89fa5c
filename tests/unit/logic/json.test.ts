import { describe, expect, test } from 'vitest';
import { at, code, isObject, list, member, string, text } from '../../../src/logic/json.ts';

describe('JSON of unknown shape', () => {
  test.each([
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    [undefined, false],
    ['text', false],
    [7, false],
  ])('%j is an object: %s', (value, expected) => {
    expect(isObject(value)).toBe(expected);
  });

  test.each([
    ['a member', { a: 1 }, 'a', 1],
    ['no such member', { a: 1 }, 'b', undefined],
    ['an inherited member', {}, 'toString', undefined],
    ['an inherited __proto__', {}, '__proto__', undefined],
    ['the length of a list', [1], 'length', undefined],
    ['a member of a string', 'abc', 'length', undefined],
    ['a member of null', null, 'a', undefined],
  ])('%s reads as it should', (_, value, name, expected) => {
    expect(member(value, name)).toBe(expected);
  });

  test.each([
    ['abc', 'abc'],
    ['', undefined],
    [5, undefined],
    [null, undefined],
    [{ a: 'b' }, undefined],
  ])('%j as a string is %j', (value, expected) => {
    expect(string(value)).toBe(expected);
  });

  test.each([
    ['a list', [1, 2], [1, 2]],
    ['one thing', { a: 1 }, [{ a: 1 }]],
    ['a string', 'a', ['a']],
    ['null', null, []],
    ['nothing', undefined, []],
  ])('%s is taken as a list', (_, value, expected) => {
    expect(list(value)).toEqual(expected);
  });

  test.each([
    ['one level', { a: 1 }, 'a', [1]],
    ['two levels', { a: { b: 1 } }, 'a.b', [1]],
    ['lists on the way', { a: [{ b: [1, 2] }, { b: 3 }, { c: 4 }] }, 'a.b', [1, 2, 3]],
    ['a missing step', { a: 1 }, 'b.c', []],
    ['a step into text', { a: 'text' }, 'a.length', []],
  ])('a path is followed through %s', (_, value, path, expected) => {
    expect(at(value, path)).toEqual(expected);
  });

  test.each([
    ['the first string', { a: ['', 'x', 'y'] }, 'x'],
    ['nothing among numbers', { a: [1, 2] }, undefined],
  ])('text at a path is %s', (_, value, expected) => {
    expect(text(value, 'a')).toBe(expected);
  });

  test.each([
    ['a CodeableConcept', { a: { coding: [{ code: 'x' }] } }, 'x'],
    ['a list of CodeableConcepts', { a: [{ coding: [{ display: 'no code' }, { code: 'y' }] }] }, 'y'],
    ['a Coding', { a: { code: 'z' } }, 'z'],
    ['a plain code', { a: 'w' }, 'w'],
    ['a concept of text only', { a: { text: 'words' } }, undefined],
    ['nothing', {}, undefined],
  ])('the code of %s is found', (_, value, expected) => {
    expect(code(value, 'a')).toBe(expected);
  });
});
