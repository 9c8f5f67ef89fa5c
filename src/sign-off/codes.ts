import type { Knowledge } from '../knowledge/types.ts';
import { titleOf } from '../terminology/systems.ts';
import type { Concept, ValueSet } from '../terminology/terminology.ts';
import { bullets, cell, code, section, table, verbatim } from './markdown.ts';
import type { Words } from './words.ts';

/** A pack, in one of its languages. */
type Spoken = Pick<Knowledge, 'terminology' | 'words'>;

/** What each concept is known by: value sets, and words as regular expressions. */
export function conceptParts(knowledge: Spoken, { concept: words }: Words): string[] {
  return [...knowledge.terminology.concepts.values()].sort(byName).map((concept) => {
    const sets = concept.valueSets.map((one) => `[${titleIn(knowledge, one)}](#${anchorOf(one)})`);
    const lines = [
      ...(sets.length > 0 ? [`${words.codes} ${sets.join(' · ')}`] : []),
      ...(concept.words.length > 0 ? [`${words.words} ${concept.words.map(verbatim).join(' · ')}`] : []),
    ];
    return section(`concept-${concept.name}`, `**${titleIn(knowledge, concept)}**`, bullets(lines));
  });
}

/** Every code of every value set that a concept has. */
export function valueSetParts(knowledge: Spoken, words: Words): string[] {
  return valueSetsOf(knowledge).map((one) => {
    const { verified, unverified } = words.codeStandings;
    const row = (written: string, says: string, system: string, isVerified: boolean) => [
      written,
      cell(says),
      cell(titleOf(system)),
      isVerified ? verified : unverified,
    ];
    const codes = [...one.codes].map(([key, { display, verified }]) => {
      const bar = key.lastIndexOf('|');
      return row(code(key.slice(bar + 1)), knowledge.words.get(display) ?? display, key.slice(0, bar), verified);
    });
    const stems = one.stems.map(({ system, written, isBeginning, verified }) =>
      row(isBeginning ? words.beginning(code(written)) : code(written), '', system, verified),
    );
    const rows = [...codes, ...stems];
    const listed = rows.length === 0 ? words.none : table(words.codes, rows);
    return section(anchorOf(one), `**${titleIn(knowledge, one)}**`, listed);
  });
}

/** Codes that no public source was seen to confirm, each with its value set. */
export const unverifiedCodes = (knowledge: Spoken): string[] =>
  valueSetsOf(knowledge).flatMap((one) => [
    ...[...one.codes].flatMap(([key, { verified, display }]) =>
      verified ? [] : [`${code(key)} ${cell(knowledge.words.get(display) ?? display)}`.trim() + setOf(one)],
    ),
    ...one.stems.flatMap(({ system, pattern, verified }) =>
      verified ? [] : [code(`${system} ${pattern.source}`) + setOf(one)],
    ),
  ]);

const setOf = (one: ValueSet): string => ` ([${code(one.name)}](#${anchorOf(one)}))`;
const anchorOf = ({ name }: ValueSet): string => `value-set-${name}`;
const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
const titleIn = ({ words }: Spoken, { title }: Concept | ValueSet): string => cell(words.get(title) ?? title);

const valueSetsOf = ({ terminology }: Spoken): ValueSet[] =>
  [...new Set([...terminology.concepts.values()].flatMap(({ valueSets }) => valueSets))].sort(byName);
