import { type FileKind, type KnowledgeFile, readKnowledgeFiles } from './files.ts';
import { CardLinker, factsOf } from './link/cards.ts';
import { ConditionLinker } from './link/conditions.ts';
import { linkSlices } from './link/slices.ts';
import { inside, type Named, Tables } from './link/tables.ts';
import { linkOrderClasses, linkTerminology } from './link/terms.ts';
import { WordingLinker } from './link/wording.ts';
import { KnowledgeProblems, type Problem, printProblem } from './problem.ts';
import { checkShape } from './schema.ts';
import type {
  CardDefinition,
  CitedSource,
  Headings,
  Knowledge,
  Parameter,
  ServiceDefinition,
  VignetteContent,
} from './types.ts';

export interface KnowledgeOptions {
  /** The knowledge folder. */
  readonly dir: string;
  /** A YAML file of parameter names and values that replace the folder's. */
  readonly siteParameters?: string;
  /** Code system URIs that leave no code behind. */
  readonly systemsOff?: readonly string[];
}

const NEEDED: readonly FileKind[] = ['order-classes', 'slices', 'sources', 'wording', 'service', 'card'];

/**
 * Reads, checks and links a knowledge folder, and freezes it.
 * @throws KnowledgeProblems with every problem found, when there is one.
 */
export const loadKnowledge = (options: KnowledgeOptions): Knowledge => prepareKnowledge(options)();

/** Reads and checks a folder once, to be linked more than once, with some parameters moved. Each link may throw KnowledgeProblems. */
export function prepareKnowledge({
  dir,
  siteParameters,
  systemsOff = [],
}: KnowledgeOptions): (moved?: ReadonlyMap<string, number>) => Knowledge {
  const { files, problems: unreadable, digest } = readKnowledgeFiles(dir, siteParameters);
  const misshapen = files.flatMap(checkShape);
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
  return (moved = new Map()) => {
    const { knowledge, problems } = linkWhatCanBe(files, sound, (some) =>
      link(some, `sha256:${digest}`, new Set(systemsOff), moved),
    );
    const all = [...unreadable, ...missing, ...misshapen, ...problems];
    if (all.length > 0 || knowledge === undefined) throw new KnowledgeProblems(all.sort(byPlace));
    return deepFreeze(knowledge);
  };
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

function link(
  files: readonly KnowledgeFile[],
  revision: string,
  systemsOff: ReadonlySet<string>,
  moved: ReadonlyMap<string, number>,
): Linked {
  const of = (kind: FileKind) => files.filter((file) => file.kind === kind);
  const tables = new Tables(files);
  const terminology = linkTerminology(tables, systemsOff);
  const orderClasses = linkOrderClasses(tables);
  const slices = linkSlices(tables);
  const sources = new Map([...tables.sources.values()].map((named) => [named.name, linkSource(named)]));
  const parameters = linkParameters(tables, sources, of('site-parameters')[0], moved);
  const reasons = (of('override-reasons')[0]?.value ?? { system: '', reasons: {} }) as {
    system: string;
    reasons: Record<string, string>;
  };
  const displays = new Map(Object.entries(reasons.reasons));
  const conditions = new ConditionLinker(tables, parameters);
  const wording = new WordingLinker(conditions, sources);
  const linker = new CardLinker(conditions, wording, orderClasses, sources, reasonNames(displays));
  linker.checkIds(of('card'), of('vignettes'));
  const cards = of('card').flatMap((file) => linker.card(file) ?? []);
  const folders = of('card').map(({ folder }) => folder);
  const services = of('service').flatMap((file) => linkServices(file, cards, folders, linker, tables));
  checkServiceIds(of('service'), tables);
  checkUnused(tables, conditions, wording);
  const headings = (of('wording')[0]?.value as { headings?: Headings } | undefined)?.headings;
  if (headings === undefined) return { problems: tables.problems };
  const knowledge: Knowledge = {
    revision,
    terminology,
    services,
    cards,
    slices,
    parameters,
    sources,
    overrideReasons: { system: reasons.system, displays },
    headings,
    vignettes: of('vignettes').map(({ path, value, problem }) => {
      const content = value as VignetteContent;
      const place = (index: number, message: string) => printProblem(problem(['vignettes', index], message));
      return { file: path, card: content.card, content, place };
    }),
  };
  return { knowledge, problems: tables.problems };
}

/** Override reasons are looked up for their name. */
const reasonNames = (displays: ReadonlyMap<string, string>) =>
  new Map([...displays.keys()].map((name) => [name, name]));

function linkSource({ name, value }: Named): CitedSource {
  const {
    label,
    url,
    doi,
    says,
    figures = {},
  } = value as { label: string; url?: string; doi?: string; says: string; figures?: CitedSource['figures'] };
  const address = url ?? (doi === undefined ? undefined : `https://doi.org/${doi}`);
  return { id: name, label, says, figures, ...(address !== undefined && { url: address }) };
}

function linkParameters(
  tables: Tables,
  sources: ReadonlyMap<string, CitedSource>,
  site: KnowledgeFile | undefined,
  moved: ReadonlyMap<string, number>,
): Map<string, Parameter> {
  const parameters = new Map<string, Parameter>();
  for (const named of tables.parameters.values()) {
    const { cites = [], ...rest } = named.value as unknown as Omit<Parameter, 'name' | 'cites'> & {
      cites?: readonly string[];
    };
    for (const [index, source] of cites.entries())
      tables.find(sources, source, 'source', inside(named, 'cites', index));
    parameters.set(named.name, { name: named.name, ...rest, value: moved.get(named.name) ?? rest.value, cites });
  }
  for (const [name, value] of Object.entries((site?.value ?? {}) as Record<string, number>)) {
    if (site === undefined) break;
    const known = tables.find(parameters, name, 'parameter', { file: site, path: [name] });
    if (known !== undefined) parameters.set(name, { ...known, value, standing: 'site-choice', cites: [] });
  }
  return parameters;
}

function linkServices(
  file: KnowledgeFile,
  all: readonly CardDefinition[],
  cardFolders: readonly string[],
  linker: CardLinker,
  tables: Tables,
): ServiceDefinition[] {
  const written = file.value as {
    title: string;
    description: string;
    usageRequirements?: string;
    hooks: Readonly<Partial<Record<ServiceDefinition['hook'], string>>>;
    cards: readonly string[];
    prefetch: readonly string[];
    silence?: readonly unknown[];
    caps?: readonly unknown[];
  };
  const top = { file, path: [] };
  const folders = new Map(cardFolders.map((folder) => [folder, folder]));
  for (const [index, folder] of written.cards.entries())
    tables.find(folders, folder, 'folder of cards', inside(top, 'cards', index));
  for (const [index, slice] of written.prefetch.entries())
    tables.find(tables.slices, slice, 'slice', inside(top, 'prefetch', index));
  const silence = linker.criteria(written.silence, {}, inside(top, 'silence'));
  const caps = linker.criteria(written.caps, {}, inside(top, 'caps'));
  const cards = all.filter(({ folder, status }) => written.cards.includes(folder) && status !== 'retired');
  const required = [...tables.slices.values()].filter(({ value }) => value.required === true).map(({ name }) => name);
  const shared = [...silence, ...caps].flatMap(factsOf).flatMap((fact) => fact.slices);
  const { title, description, usageRequirements, prefetch } = written;
  return (Object.entries(written.hooks) as [ServiceDefinition['hook'], string][]).map(([hook, id]) => ({
    id,
    hook,
    title,
    description,
    ...(usageRequirements !== undefined && { usageRequirements }),
    published: prefetch,
    cards,
    silence,
    caps,
    slices: new Set([...required, ...shared]),
    orderClasses: [...new Set(cards.map(({ orderClass }) => orderClass))],
  }));
}

/** The standard lets one id serve several hooks, never one hook twice. */
function checkServiceIds(files: readonly KnowledgeFile[], tables: Tables): void {
  const seen = new Set<string>();
  for (const file of files) {
    for (const [hook, id] of Object.entries((file.value as { hooks: Record<string, string> }).hooks)) {
      if (seen.has(`${hook} ${id}`)) tables.report({ file, path: ['hooks', hook] }, `"${id}" already serves ${hook}`);
      seen.add(`${hook} ${id}`);
    }
  }
}

/** What no card uses is checked all the same, as far as it can be without a card. */
function checkUnused(tables: Tables, conditions: ConditionLinker, wording: WordingLinker): void {
  for (const line of tables.lines.values()) wording.line(line.value, undefined, line);
  for (const named of tables.suggestions.values()) wording.suggestion(named, undefined, {});
  for (const named of tables.facts.values()) conditions.fact(named.name, undefined, named);
  for (const named of tables.criteria.values())
    conditions.condition(named.value.when, undefined, inside(named, 'when'), [named.name]);
}

/** Freezes plain data and what maps hold; sets, regular expressions and instances of classes are left as they are. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const one of value.values()) deepFreeze(one);
    return value;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value)) return value;
  Object.freeze(value);
  for (const one of Object.values(value)) deepFreeze(one);
  return value;
}
