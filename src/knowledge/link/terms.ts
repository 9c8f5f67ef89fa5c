import type { OrderClass } from '../../orders/scope.ts';
import { canonicalCode, canonicalSystem, SYSTEMS } from '../../terminology/systems.ts';
import { type Concept, type Side, Terminology, type ValueSet } from '../../terminology/terminology.ts';
import { inside, type Named, type Tables } from './tables.ts';

/** Extension on a code or stem of a value set: false when no public source was seen to confirm it. Absent means true. */
export const VERIFIED = 'https://rehab-first.org/fhir/StructureDefinition/verified';

/** Code systems in which a longer code is a kind of the shorter one. */
const BY_PREFIX = new Set([SYSTEMS.icd10cm, SYSTEMS.icd10pcs]);

interface Include {
  readonly system: string;
  readonly concept?: readonly {
    readonly code: string;
    readonly display?: string;
    readonly extension?: readonly Extension[];
  }[];
  readonly filter?: readonly {
    readonly op: 'is-a' | 'regex';
    readonly value: string;
    readonly extension?: readonly Extension[];
  }[];
}

interface Extension {
  readonly url: string;
  readonly valueBoolean?: boolean;
}

const isVerified = (extension: readonly Extension[] = []): boolean =>
  !extension.some(({ url, valueBoolean }) => url === VERIFIED && valueBoolean === false);

/**
 * What people read of value sets and concepts, in the language of the tables. A translation must be there for titles of value sets and for
 * codes in doubt; what else codes and concepts are called may stay as it is written, as long as no fact gives it.
 */
export function nameTerms(tables: Tables): void {
  for (const { value } of tables.concepts.values()) tables.language.name(value.title as string);
  for (const named of tables.valueSets.values()) {
    const { title, compose } = named.value as unknown as { title: string; compose: { include: readonly Include[] } };
    tables.language.word(title, inside(named, 'title'));
    for (const [index, { concept = [] }] of compose.include.entries()) {
      for (const [at, { display = '', extension }] of concept.entries()) {
        if (isVerified(extension)) tables.language.name(display);
        else tables.language.word(display, inside(named, 'compose', 'include', index, 'concept', at, 'display'));
      }
    }
  }
}

/** Value sets and concepts, compiled. Code systems that are switched off leave no code behind. */
export function linkTerminology(tables: Tables, systemsOff: ReadonlySet<string>): Terminology {
  const valueSets = new Map(
    [...tables.valueSets].map(([name, named]) => [name, linkValueSet(named, tables, systemsOff)]),
  );
  return new Terminology([...tables.concepts.values()].map((named) => linkConcept(named, tables, valueSets)));
}

function linkValueSet(named: Named, tables: Tables, systemsOff: ReadonlySet<string>): ValueSet {
  const {
    id: name,
    title,
    compose,
  } = named.value as unknown as { id: string; title: string; compose: { include: readonly Include[] } };
  const codes = new Map<string, { verified: boolean; display: string }>();
  const stems: ValueSet['stems'][number][] = [];
  for (const [index, include] of compose.include.entries()) {
    const system = canonicalSystem(include.system);
    if (systemsOff.has(system)) continue;
    for (const { code, display = '', extension } of include.concept ?? []) {
      codes.set(`${system}|${canonicalCode(system, code)}`, { verified: isVerified(extension), display });
    }
    for (const [at, { op, value, extension }] of (include.filter ?? []).entries()) {
      const place = inside(named, 'compose', 'include', index, 'filter', at);
      if (op === 'is-a' && !BY_PREFIX.has(system)) {
        tables.report(
          inside(place, 'op'),
          'is-a is read as "begins with", which is true of ICD codes only: list the codes',
        );
      }
      const stem = canonicalCode(system, value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const pattern = compile(op === 'is-a' ? `^${stem}` : `^(?:${value})$`, 'u', inside(place, 'value'), tables);
      if (pattern === undefined) continue;
      stems.push({ system, pattern, verified: isVerified(extension), written: value, isBeginning: op === 'is-a' });
    }
  }
  return { name, title, codes, stems };
}

function linkConcept(named: Named, tables: Tables, valueSets: ReadonlyMap<string, ValueSet>): Concept {
  const {
    title,
    kind = 'finding',
    valueSets: wanted = [],
    words = [],
    region,
    sides,
  } = named.value as {
    title: string;
    kind?: 'finding' | 'red-flag' | 'procedure' | 'region' | 'side' | 'words';
    valueSets?: readonly string[];
    words?: readonly string[];
    region?: string;
    sides?: readonly Side[];
  };
  if (wanted.length === 0 && words.length === 0) tables.report(named, 'a concept has value sets, words, or both');
  if (region !== undefined) {
    const target = tables.find(tables.concepts, region, 'region', inside(named, 'region'));
    if (target !== undefined && target.value.kind !== 'region')
      tables.report(inside(named, 'region'), `"${region}" is not a region`);
  }
  for (const [index, word] of words.entries()) compile(word, 'giu', inside(named, 'words', index), tables);
  const pattern = words.length === 0 ? undefined : patternOf(words);
  const regionName = kind === 'region' ? named.name : region;
  return {
    name: named.name,
    title,
    valueSets: wanted.flatMap((name, index) => {
      const found = tables.find(tables.valueSets, name, 'value set', inside(named, 'valueSets', index));
      return found === undefined ? [] : (valueSets.get(name) ?? []);
    }),
    words,
    pattern,
    wordsAlwaysCount: kind === 'red-flag' || kind === 'region' || kind === 'side' || kind === 'words',
    codesDecide: kind === 'finding' || kind === 'procedure' || kind === 'red-flag',
    countsInDoubt: kind === 'red-flag',
    ...(regionName !== undefined && { region: regionName }),
    regionByCodeOnly: kind === 'procedure',
    ...(sides !== undefined && { sides }),
  };
}

/** What only flag `u` understands: properties, code points in braces, characters beyond the first 65,536. */
const NEEDS_U = /\\p\{|\\u\{|[\ud800-\udfff]/i;

/** Any of the words. They are held to the strict syntax of flag `u`, but matched without it where it makes no difference: eight times as fast. */
function patternOf(words: readonly string[]): RegExp | undefined {
  const source = words.map((word) => `(?:${word})`).join('|');
  return tryCompile(source, NEEDS_U.test(source) ? 'giu' : 'gi');
}

function tryCompile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

function compile(
  source: string,
  flags: string,
  place: Parameters<Tables['report']>[0],
  tables: Tables,
): RegExp | undefined {
  const pattern = tryCompile(source, flags);
  if (pattern === undefined) tables.report(place, `${JSON.stringify(source)} is not a regular expression`);
  return pattern;
}

/** Order classes, by name. */
export function linkOrderClasses(tables: Tables): Map<string, OrderClass> {
  return new Map([...tables.orderClasses.values()].map((named) => [named.name, linkOrderClass(named, tables)]));
}

function linkOrderClass(named: Named, tables: Tables): OrderClass {
  const { title, rank, family, regions, beside, procedure, anywhere, refuse, drug } = named.value as unknown as {
    title: string;
    rank: number;
    family?: string;
    regions: readonly string[];
    beside?: readonly string[];
    procedure: string;
    anywhere?: string;
    refuse?: readonly string[];
    drug?: { product: string; route: string; says?: string; unless?: readonly string[] };
  };
  const known = (name: string | undefined, ...path: (string | number)[]) => {
    if (name !== undefined) tables.find(tables.concepts, name, 'concept', inside(named, ...path));
  };
  const said = tables.language.say(title, inside(named, 'title'));
  known(procedure, 'procedure');
  known(anywhere, 'anywhere');
  for (const [index, name] of (refuse ?? []).entries()) known(name, 'refuse', index);
  for (const part of ['product', 'route', 'says'] as const) known(drug?.[part], 'drug', part);
  for (const [index, name] of (drug?.unless ?? []).entries()) known(name, 'drug', 'unless', index);
  for (const [key, names] of [['regions', regions] as const, ['beside', beside ?? []] as const]) {
    for (const [index, region] of names.entries()) {
      const found = tables.find(tables.concepts, region, 'region', inside(named, key, index));
      if (found !== undefined && found.value.kind !== 'region')
        tables.report(inside(named, key, index), `"${region}" is not a region`);
    }
  }
  return {
    name: named.name,
    title: said,
    rank,
    family: family ?? named.name,
    regions: new Set(regions),
    ...(beside !== undefined && { beside: new Set(beside) }),
    procedure,
    ...(anywhere !== undefined && { anywhere }),
    ...(refuse !== undefined && { refuse }),
    ...(drug !== undefined && { drug }),
  };
}
