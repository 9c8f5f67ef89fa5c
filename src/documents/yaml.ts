import { createRequire } from 'node:module';
import { constructFromEvents, EVENT_ID, type Event, parseEvents } from 'js-yaml';
import type { Problem } from './problem.ts';

/** A parsed file that still knows where everything in it stands. */
export interface Document {
  readonly value: unknown;
  /** A problem at a path of keys; the deepest part of the path that exists gives the place. */
  readonly problem: (path: readonly (string | number)[], message: string) => Problem;
}

type Parsed = { document: Document } | { problems: readonly Problem[] };

/**
 * Parses YAML 1.2 without anchors, aliases and tags: what is meant is written out. `file` is the name that problems give.
 *
 * Of what was checked before, `js-yaml` reads it in a twelfth of the time; it takes a slip or two for something else that `yaml` refuses, such as
 * text after a closing quote. Places of problems are looked up by `yaml`, which says more about what is wrong.
 * `tests/unit/documents/yaml.test.ts` holds that what `yaml` accepts says the same to both.
 *
 * @param wasChecked whether it may be read quickly
 */
export function parseYaml(text: string, file: string, wasChecked = false): Parsed {
  const plain = wasChecked ? readPlain(text) : undefined;
  return plain === undefined ? parseCarefully(text, file) : { document: laterPlaced(plain.value, text, file) };
}

/** A value whose places are looked up in its text when there is a problem with it. */
export function laterPlaced(value: unknown, text: string, file: string): Document {
  let parsed: Parsed | undefined;
  return {
    value,
    problem: (path, message) => {
      parsed ??= parseCarefully(text, file);
      return 'document' in parsed
        ? parsed.document.problem(path, message)
        : { file, line: 0, column: 0, pointer: '', message };
    },
  };
}

/** A directive, a line that ends as in none of today's files, or a number of three hundred digits, or a block with its own rule for blanks: these the two read in different ways. */
const ODD = /^%|\r(?!\n)|\de[+-]?\d{3}|[|>](?:[-+]?\d|\+)/im;

/** What a sound file says; undefined when there is anything in it to look at more closely. */
function readPlain(text: string): { value: unknown } | undefined {
  if (ODD.test(text)) return undefined;
  try {
    const events = parseEvents(text, {});
    if (events.some(isMarked)) return undefined;
    const [value = null, ...more] = constructFromEvents(events, { source: text });
    return more.length > 0 ? undefined : { value };
  } catch {
    // whatever it is, it is told by the other
    return undefined;
  }
}

/** Whether there is an alias, an anchor or a tag. */
const isMarked = (event: Event): boolean =>
  event.type === EVENT_ID.ALIAS ||
  ('anchorStart' in event && event.anchorStart >= 0) ||
  ('tagStart' in event && event.tagStart >= 0);

const require = createRequire(import.meta.url);

function parseCarefully(text: string, file: string): Parsed {
  // only now: a start with registered clients or site parameters needs it, others when something is wrong
  const { isNode, LineCounter, parseDocument, visit } = require('yaml') as typeof import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems = document.errors.map(
    (error): Problem => ({
      file,
      ...place(error.pos[0]),
      pointer: '',
      message: error.message.split('\n')[0] ?? '',
    }),
  );
  const refuse = (node: { range?: [number, number, number] | null | undefined }, what: string) =>
    problems.push({
      file,
      ...place(node.range?.[0] ?? 0),
      pointer: '',
      message: `${what} are not used here: write it out`,
    });
  visit(document, {
    Alias: (_, node) => void refuse(node, 'aliases'),
    Node: (_, node) => {
      if ('anchor' in node && node.anchor) refuse(node, 'anchors');
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) refuse(node, 'tags');
    },
  });
  if (problems.length > 0) return { problems };

  const problem = (at: readonly (string | number)[], message: string): Problem => {
    let node: unknown;
    for (let length = at.length; node === undefined && length >= 0; length--) {
      const found = length === 0 ? document.contents : document.getIn(at.slice(0, length), true);
      if (isNode(found)) node = found;
    }
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    const pointer = at.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    return { file, ...place(offset), pointer, message };
  };
  return { document: { value: document.toJS(), problem } };
}
