import { deepFreeze } from '../logic/freeze.ts';
import type { Terminology } from '../terminology/terminology.ts';
import { type FileKind, type KnowledgeFile, readKnowledgeFiles } from './files.ts';
import { linkAttributes } from './link/attributes.ts';
import { CardLinker } from './link/cards.ts';
import { ConditionLinker } from './link/conditions.ts';
import { linkLadder } from './link/ladder.ts';
import { type Language, localeOf } from './link/language.ts';
import { linkParameters, linkSource } from './link/numbers.ts';
import { checkServiceIds, linkServices } from './link/services.ts';
import { linkSlices } from './link/slices.ts';
import { inside, Tables } from './link/tables.ts';
import { linkOrderClasses, linkTerminology, nameTerms } from './link/terms.ts';
import { WordingLinker } from './link/wording.ts';
import { KnowledgeProblems, type Problem, printProblem } from './problem.ts';
import { checkKind } from './schema.ts';
import type { Headings, Knowledge, OverrideReasons, VignetteContent } from './types.ts';

export interface KnowledgeOptions {
  /** The knowledge folder. */
  readonly dir: string;
  /** A YAML file of parameter names and values that replace the folder's. */
  readonly siteParameters?: string;
  /** Code system URIs that leave no code behind. */
  readonly systemsOff?: readonly string[];
  /** Leaves the vignettes out, which only checking needs. */
  readonly skipsVignettes?: boolean;
}

const NEEDED: readonly FileKind[] = ['order-classes', 'slices', 'sources', 'wording', 'service', 'card'];

/**
 * Reads, checks and links a knowledge folder, and freezes it.
 * @throws KnowledgeProblems with every problem found, when there is one.
 */
export function loadKnowledge({ dir, siteParameters, systemsOff = [], skipsVignettes }: KnowledgeOptions): Knowledge {
  const { files, problems: unreadable, digest } = readKnowledgeFiles(dir, siteParameters, skipsVignettes);
  const misshapen = files.flatMap(checkKind);
  const missing = NEEDED.filter((kind) => !files.some((file) => file.kind === kind)).map(
    (kind): Problem => ({
      file: dir,
      line: 0,
      column: 0,
      pointer: '',
      message: `there is no ${kind === 'service' ? 'file in services/' : kind}`,
    }),
  );
  const bad = new Set(misshapen.map(({ file }) => file));
  const sound = files.filter(({ path }) => !bad.has(path));
  const revision = `sha256:${digest}`;
  const { knowledge, problems } = linkWhatCanBe(files, sound, (some) =>
    link(some, revision, (tables) => linkTerminology(tables, new Set(systemsOff))),
  );
  const all = [...unreadable, ...missing, ...misshapen, ...problems];
  if (all.length > 0 || knowledge === undefined) throw new KnowledgeProblems(all.sort(byPlace));
  return deepFreeze({ ...knowledge, translations: translate(files, knowledge) });
}

/** A sound pack, in each language of `text/`. @throws KnowledgeProblems with what lacks a translation, and what is translated in vain */
function translate(
  files: readonly KnowledgeFile[],
  { revision, terminology }: Knowledge,
): ReadonlyMap<string, Knowledge> {
  const linked = files
    .filter(({ kind }) => kind === 'text')
    .map((file) => [localeOf(file), link(files, revision, () => terminology, file)] as const);
  const problems = linked.flatMap(([, one]) => one.problems);
  if (problems.length > 0) throw new KnowledgeProblems([...problems].sort(byPlace));
  return new Map(linked.flatMap(([locale, { knowledge }]) => (knowledge ? [[locale, knowledge] as const] : [])));
}

/**
 * Links all files, so that wrong names are told beside wrong shapes. A file may be too misshapen for that: then the sound ones are linked,
 * and what they cannot find may stand in the others, so unknown names are left for the next time.
 */
function linkWhatCanBe(
  files: readonly KnowledgeFile[],
  sound: readonly KnowledgeFile[],
  linkSome: (files: readonly KnowledgeFile[]) => Linked,
): Linked {
  if (sound.length === files.length) return linkSome(files);
  try {
    return linkSome(files);
  } catch {
    const { problems } = linkSome(sound);
    return { problems: problems.filter(({ message }) => !message.startsWith('unknown ')) };
  }
}

interface Linked {
  readonly knowledge?: Knowledge;
  readonly problems: readonly Problem[];
}

const byPlace = (a: Problem, b: Problem): number =>
  a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;

/**
 * @param terminologyOf links the terminology, or has it: it is the same in all languages
 * @param translations what doctors read, in another language
 */
function link(
  files: readonly KnowledgeFile[],
  revision: string,
  terminologyOf: (tables: Tables) => Terminology,
  translations?: KnowledgeFile,
): Linked {
  const of = (kind: FileKind) => files.filter((file) => file.kind === kind);
  const tables = new Tables(files, translations);
  const { language } = tables;
  const terminology = terminologyOf(tables);
  nameTerms(tables);
  const orderClasses = linkOrderClasses(tables);
  const slices = linkSlices(tables);
  const sources = new Map([...tables.sources.values()].map((named) => [named.name, linkSource(named, tables)]));
  const parameters = linkParameters(tables, sources, of('site-parameters')[0]);
  const overrideReasons = linkOverrideReasons(of('override-reasons')[0], tables);
  const conditions = new ConditionLinker(tables, parameters);
  const wording = new WordingLinker(conditions, sources);
  const linker = new CardLinker(conditions, wording, orderClasses, sources, reasonNames(overrideReasons.displays));
  linker.checkIds(of('card'), of('vignettes'));
  const cards = of('card').flatMap((file) => linker.card(file) ?? []);
  const folders = of('card').map(({ folder }) => folder);
  const services = of('service').flatMap((file) => linkServices(file, cards, folders, { linker, tables, parameters }));
  checkServiceIds(of('service'), tables);
  const ladder = linkLadder(tables, conditions);
  const attributes = linkAttributes(of('attributes')[0], cards, tables);
  checkUnused(tables, conditions, wording);
  const headings = linkHeadings(of('wording')[0], language);
  language.reportUnused();
  if (headings === undefined) return { problems: tables.problems };
  const knowledge: Knowledge = {
    revision,
    terminology,
    services,
    cards,
    slices,
    parameters,
    sources,
    overrideReasons,
    ladder,
    attributes,
    headings,
    locale: language.locale,
    words: language.words,
    translations: new Map(),
    vignettes: of('vignettes').map(({ path, value, problem }) => {
      const content = value as VignetteContent;
      const place = (index: number, message: string) => printProblem(problem(['vignettes', index], message));
      return { file: path, card: content.card, content, place };
    }),
  };
  return { knowledge, problems: tables.problems };
}

function linkHeadings(file: KnowledgeFile | undefined, language: Language): Headings | undefined {
  const { headings } = (file?.value ?? {}) as { headings?: Headings };
  if (file === undefined || headings === undefined) return undefined;
  const said = Object.entries(headings).map(([name, text]) => [
    name,
    language.say(text, { file, path: ['headings', name] }),
  ]);
  return Object.fromEntries(said) as Headings;
}

/** A pack may have none. */
function linkOverrideReasons(file: KnowledgeFile | undefined, tables: Tables): OverrideReasons {
  if (file === undefined)
    return { system: '', displays: new Map(), chartLacks: [], standard: { system: '', codes: new Map() } };
  const { system, standard, reasons, chartLacks = [] } = file.value as OverrideReasonsContent;
  const displays = new Map(
    Object.entries(reasons).map(
      ([code, display]) => [code, tables.language.say(display, { file, path: ['reasons', code] })] as const,
    ),
  );
  const codes = new Map(Object.entries(standard?.codes ?? {}));
  for (const name of codes.keys())
    tables.find(displays, name, 'override reason', { file, path: ['standard', 'codes', name] });
  for (const [index, code] of chartLacks.entries())
    tables.find(displays, code, 'override reason', { file, path: ['chartLacks', index] });
  return { system, displays, chartLacks, standard: { system: standard?.system ?? '', codes } };
}

interface OverrideReasonsContent {
  readonly system: string;
  readonly standard?: { readonly system: string; readonly codes: Readonly<Record<string, string>> };
  readonly reasons: Readonly<Record<string, string>>;
  readonly chartLacks?: readonly string[];
}

/** Override reasons are looked up for their name. */
const reasonNames = (displays: ReadonlyMap<string, string>) =>
  new Map([...displays.keys()].map((name) => [name, name]));

/** What no card uses is checked all the same, as far as it can be without a card. */
function checkUnused(tables: Tables, conditions: ConditionLinker, wording: WordingLinker): void {
  for (const line of tables.lines.values()) wording.line(line.value, undefined, line);
  for (const named of tables.suggestions.values()) wording.suggestion(named, undefined, {});
  for (const named of tables.facts.values()) conditions.fact(named.name, undefined, named);
  for (const named of tables.criteria.values())
    conditions.condition(named.value.when, undefined, inside(named, 'when'), [named.name]);
}
