import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Document, laterPlaced, parseYaml } from '../documents/yaml.ts';
import type { Problem } from './problem.ts';

/** Kinds of file a knowledge folder holds; each has a JSON Schema of the same name. */
export type FileKind =
  | 'value-set'
  | 'concepts'
  | 'facts'
  | 'criteria'
  | 'parameters'
  | 'order-classes'
  | 'ladder'
  | 'slices'
  | 'sources'
  | 'wording'
  | 'suggestions'
  | 'override-reasons'
  | 'attributes'
  | 'text'
  | 'service'
  | 'card'
  | 'vignettes'
  | 'site-parameters';

/** One file, parsed, that still knows where everything in it stands. */
export interface KnowledgeFile extends Document {
  readonly path: string;
  /** The folder it stands in, below the knowledge folder; empty for its own. */
  readonly folder: string;
  readonly kind: FileKind;
}

export interface ReadFiles {
  readonly files: readonly KnowledgeFile[];
  readonly problems: readonly Problem[];
  /** SHA-256 over names and contents. */
  readonly digest: string;
}

const SINGLE: Readonly<Record<string, FileKind>> = {
  'order-classes.yaml': 'order-classes',
  'ladder.yaml': 'ladder',
  'slices.yaml': 'slices',
  'sources.yaml': 'sources',
  'wording.yaml': 'wording',
  'suggestions.yaml': 'suggestions',
  'override-reasons.yaml': 'override-reasons',
  'attributes.yaml': 'attributes',
};
const FOLDERS: Readonly<Record<string, FileKind>> = {
  'value-sets': 'value-set',
  concepts: 'concepts',
  facts: 'facts',
  criteria: 'criteria',
  parameters: 'parameters',
  text: 'text',
  services: 'service',
};
const NOT_KNOWLEDGE = new Set(['schemas', 'README.md']);

/**
 * Reads every file of a knowledge folder. A folder that is none of the reserved ones holds cards and their vignettes.
 *
 * @param skipsVignettes they count for the digest only: parsing them takes as long as all the rest
 */
export function readKnowledgeFiles(dir: string, siteParameters?: string, skipsVignettes = false): ReadFiles {
  const files: KnowledgeFile[] = [];
  const problems: Problem[] = [];
  const hash = createHash('sha256');
  const whole = (file: string, message: string): Problem => ({ file, line: 0, column: 0, pointer: '', message });
  const shown = (path: string) => `${basename(dir)}/${path}`;
  const read = (path: string, shownPath: string, folder: string, kind: FileKind) => {
    const text = readFileSync(path, 'utf8');
    hash.update(`${shownPath.slice(shownPath.indexOf('/') + 1)}\0${text}\0`);
    if (skipsVignettes && kind === 'vignettes') return;
    // whoever skips vignettes takes a folder that `check` has passed; a site's own file is read with more care
    const parsed = parse(text, shownPath, folder, kind, skipsVignettes && kind !== 'site-parameters');
    if ('file' in parsed) files.push(parsed.file);
    else problems.push(...parsed.problems);
  };
  const listed = (path: string): string[] => {
    try {
      return readdirSync(path)
        .filter((name) => !name.startsWith('.'))
        .sort();
    } catch {
      problems.push(whole(path, 'this folder cannot be read'));
      return [];
    }
  };

  for (const name of listed(dir)) {
    if (NOT_KNOWLEDGE.has(name)) continue;
    const path = join(dir, name);
    if (!statSync(path).isDirectory()) {
      const kind = SINGLE[name];
      if (kind === undefined)
        problems.push(
          whole(shown(name), `no file of this name has a place here; known are ${Object.keys(SINGLE).join(', ')}`),
        );
      else read(path, shown(name), '', kind);
      continue;
    }
    const kind = FOLDERS[name];
    for (const child of listed(path)) {
      if (child === 'README.md') continue;
      const childPath = `${name}/${child}`;
      const extension = kind === 'value-set' ? '.json' : '.yaml';
      if (statSync(join(path, child)).isDirectory())
        problems.push(whole(shown(childPath), `folders have no place in ${name}/`));
      else if (!child.endsWith(extension))
        problems.push(whole(shown(childPath), `files in ${name}/ end in ${extension}`));
      else
        read(
          join(path, child),
          shown(childPath),
          name,
          kind ?? (child.endsWith('.vignettes.yaml') ? 'vignettes' : 'card'),
        );
    }
  }
  if (siteParameters !== undefined) {
    try {
      read(siteParameters, `site/${basename(siteParameters)}`, '', 'site-parameters');
    } catch {
      problems.push(whole(siteParameters, 'this file of site parameters cannot be read'));
    }
  }
  return { files, problems, digest: hash.digest('hex') };
}

function parse(
  text: string,
  path: string,
  folder: string,
  kind: FileKind,
  wasChecked: boolean,
): { file: KnowledgeFile } | { problems: readonly Problem[] } {
  // Value sets are large, and nearly always sound: JSON is read at once, and as YAML only to find the place of a problem.
  const json = path.endsWith('.json') ? tryJson(text) : undefined;
  const parsed = json === undefined ? parseYaml(text, path, wasChecked) : { document: laterPlaced(json, text, path) };
  return 'problems' in parsed ? parsed : { file: { path, folder, kind, ...parsed.document } };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
