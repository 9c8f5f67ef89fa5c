import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isLoopback } from '../chart/loopback.ts';
import { type Problem, printProblem } from '../documents/problem.ts';
import { ownSchemas } from '../documents/schema.ts';
import { checkShape } from '../documents/shape.ts';
import { type Document, parseYaml } from '../documents/yaml.ts';
import type { Client } from './client.ts';
import { type CodeMap, readCodeMap } from './code-map.ts';
import { importKey, isPrivate, type Jwk } from './keys.ts';
import { clientsSchema } from './schema.ts';

/** The clients file cannot be used; every fault is listed. */
export class ClientsProblems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      [
        `The clients file has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`,
        ...problems.map(printProblem),
      ].join('\n'),
    );
    this.name = 'ClientsProblems';
    this.problems = problems;
  }
}

/** One client as it is written. */
interface Entry {
  readonly id: string;
  readonly issuer: string;
  readonly jwksUrl?: string;
  readonly jwks?: { readonly keys: readonly Jwk[] };
  readonly fhirServers?: readonly string[];
  readonly origins?: readonly string[];
  readonly mode?: 'live' | 'silent';
  readonly locale?: string;
  readonly budgetMs?: number;
  readonly tenants?: readonly string[];
  readonly supports?: readonly string[];
  readonly codeMap?: string;
}

type Path = readonly (string | number)[];
type Report = (path: Path, message: string) => void;

const validate = ownSchemas({ allErrors: true, verbose: true }).compile(clientsSchema);

/**
 * The clients that a file registers.
 *
 * @throws ClientsProblems with every problem found, when there is one
 */
export async function loadClients(path: string): Promise<readonly Client[]> {
  const document = readDocument(path);
  const problems = checkShape(document, validate);
  const report: Report = (at, message) => void problems.push(document.problem(['clients', ...at], message));
  const isSound = (index: number): boolean =>
    !problems.some(({ pointer }) => `${pointer}/`.startsWith(`/clients/${index}/`));
  const entries = entriesOf(document.value);
  const sound = [...entries.entries()].filter(([index]) => isSound(index));
  refuseTwins(sound, report);
  for (const [index, entry] of sound) await checkEntry(entry, index, report);
  const codeMaps = readCodeMaps(sound, dirname(path), report);
  if (problems.length > 0) throw new ClientsProblems(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  return Object.freeze(entries.map((entry, index) => clientOf(entry, codeMaps.get(index))));
}

/** The code maps by their clients' places. */
function readCodeMaps(
  entries: readonly (readonly [number, Entry])[],
  dir: string,
  report: Report,
): ReadonlyMap<number, CodeMap> {
  const maps = new Map<number, CodeMap>();
  for (const [index, { codeMap }] of entries) {
    if (codeMap === undefined) continue;
    try {
      maps.set(index, readCodeMap(resolve(dir, codeMap)));
    } catch (error) {
      report([index, 'codeMap'], `"${codeMap}" ${(error as Error).message}`);
    }
  }
  return maps;
}

/** The clients as far as there is a list of them; the shape of each is checked elsewhere. */
function entriesOf(value: unknown): readonly Entry[] {
  const clients = typeof value === 'object' && value !== null && 'clients' in value ? value.clients : undefined;
  return Array.isArray(clients) ? clients : [];
}

function readDocument(path: string): Document {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ClientsProblems([{ file: path, line: 0, column: 0, pointer: '', message: 'this file cannot be read' }]);
  }
  const parsed = parseYaml(text, basename(path));
  if ('problems' in parsed) throw new ClientsProblems(parsed.problems);
  return parsed.document;
}

function refuseTwins(entries: readonly (readonly [number, Entry])[], report: Report): void {
  for (const member of ['id', 'issuer'] as const) {
    const first = new Map<string, number>();
    for (const [index, entry] of entries) {
      const twin = first.get(entry[member]);
      if (twin !== undefined) report([index, member], `is that of /clients/${twin} too: it must be one client's alone`);
      else first.set(entry[member], index);
    }
  }
}

async function checkEntry(entry: Entry, index: number, report: Report): Promise<void> {
  const { jwksUrl, jwks, fhirServers = [], origins = [], locale } = entry;
  if (jwksUrl === undefined && jwks === undefined) report([index], 'needs jwksUrl or jwks');
  if (jwksUrl !== undefined && !isSafeUrl(jwksUrl)) report([index, 'jwksUrl'], NOT_SAFE);
  for (const [at, server] of fhirServers.entries()) {
    if (!isSafeUrl(server) || /[?#]/.test(server)) report([index, 'fhirServers', at], `${NOT_SAFE}, query or fragment`);
  }
  for (const [at, origin] of origins.entries()) {
    if (!isSafeUrl(origin) || new URL(origin).origin !== origin)
      report(
        [index, 'origins', at],
        'must be an origin as browsers send it, such as https://ehr.example.org, or http on loopback',
      );
  }
  if (jwks !== undefined) await checkKeys(jwks.keys, index, report);
  if (locale !== undefined && !isLanguageTag(locale))
    report([index, 'locale'], `"${locale}" is not a BCP 47 language tag such as en-US`);
}

const NOT_SAFE = 'must be an https URL, or http on loopback, without user';

function isSafeUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return username === '' && password === '' && (protocol === 'https:' || isLoopback(text));
}

/** A set may hold keys for other uses; none may be private, and one must be usable. */
async function checkKeys(keys: readonly Jwk[], index: number, report: Report): Promise<void> {
  const imported = await Promise.all(keys.map(importKey));
  const isUsable = imported.some((one) => typeof one !== 'string');
  for (const [at, key] of keys.entries()) {
    const reason = imported[at];
    if (isPrivate(key))
      report([index, 'jwks', 'keys', at], 'is a private or symmetric key: it is no secret any more; make a new pair');
    else if (!isUsable && typeof reason === 'string')
      report([index, 'jwks', 'keys', at], `cannot be used: it ${reason}`);
  }
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function clientOf(
  { id, issuer, jwksUrl, jwks, locale, budgetMs, ...rest }: Entry,
  codeMap: CodeMap | undefined,
): Client {
  const { fhirServers = [], origins = [], mode = 'silent', tenants = [], supports = [] } = rest;
  return Object.freeze({
    id,
    issuer,
    keys: jwks === undefined ? { url: jwksUrl ?? '' } : { jwks, ...(jwksUrl !== undefined && { jku: jwksUrl }) },
    fhirServers: fhirServers.map((server) => new URL(server).href.replace(/\/+$/, '')),
    origins,
    mode,
    tenants,
    supports,
    ...(locale !== undefined && { locale }),
    ...(codeMap !== undefined && { codeMap }),
    ...(budgetMs !== undefined && { budgetMs }),
  });
}
