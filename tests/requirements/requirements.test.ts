import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const ID = /\[([A-Z]-\d\d)\]/g;
/** String literals, and comments, so that a number in a comment is no spec. */
const LITERAL = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gm;

/** One row of `docs/requirements.md`. */
interface Requirement {
  readonly id: string;
  readonly level: string;
  readonly side: string;
  readonly leftOut: string;
}

const requirements: readonly Requirement[] = readFileSync('docs/requirements.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]-\d\d \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, id = '', level = '', side = '', , , leftOut = '']) => ({ id, level, side, leftOut }));

/** The file of each title, or name of a case in a table, that carries a number. */
function findSpecs(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files = readdirSync('tests', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  for (const file of files) {
    for (const [literal] of readFileSync(`tests/${file}`, 'utf8').matchAll(LITERAL)) {
      if (literal.startsWith('/')) continue;
      for (const [, id = ''] of literal.matchAll(ID)) found.set(id, [...(found.get(id) ?? []), file]);
    }
  }
  return found;
}

const specs = findSpecs();
const specsOf = ({ id }: Requirement): number => specs.get(id)?.length ?? 0;
const isOurs = ({ side }: Requirement): boolean => side.split(' ').includes('S');

function printTable(): void {
  const rows = requirements.map((one) => {
    const files = [...new Set(specs.get(one.id))].sort().map((file) => file.replace(/\.test\.ts$/, ''));
    const said =
      specsOf(one) > 0
        ? `${String(specsOf(one)).padStart(3)}  ${files.join(', ')}`
        : `  -  ${one.leftOut || "the client's part"}`;
    return `${one.id}  ${one.level.padEnd(16)}  ${one.side.padEnd(3)}  ${said}`;
  });
  const held = requirements.filter((one) => specsOf(one) > 0);
  const summary = `${requirements.length} requirements, ${requirements.filter(isOurs).length} of them ours: ${held.length} held by specs, ${requirements.filter(({ leftOut }) => leftOut !== '').length} left out with a reason`;
  console.log(['requirement, level, side, specs, where under tests/', ...rows, summary].join('\n'));
}

describe('the requirements of docs/requirements.md', () => {
  test('are all there, each once', () => {
    printTable();
    const ids = requirements.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const families = new Map<string, string[]>();
    for (const id of ids) families.set(id[0] ?? '', [...(families.get(id[0] ?? '') ?? []), id]);
    for (const [family, members] of families)
      expect(members, family).toEqual(members.map((_, index) => `${family}-${String(index + 1).padStart(2, '0')}`));
    expect(families.get('N')).toHaveLength(27);
    expect(ids.length).toBeGreaterThanOrEqual(150);
  });

  test('have a spec, or a reason to be left out, where they are ours', () => {
    const open = requirements.filter((one) => isOurs(one) && specsOf(one) === 0 && one.leftOut === '');
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  test('are not left out and held at once', () => {
    expect(requirements.filter((one) => one.leftOut !== '' && specsOf(one) > 0).map(({ id }) => id)).toEqual([]);
  });

  test('are known: no spec carries a number that is not one of them', () => {
    const known = new Set(requirements.map(({ id }) => id));
    expect([...specs.keys()].filter((id) => !known.has(id))).toEqual([]);
  });
});
