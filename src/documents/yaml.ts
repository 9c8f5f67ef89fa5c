import { isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { Problem } from './problem.ts';

/** A parsed file that still knows where everything in it stands. */
export interface Document {
  readonly value: unknown;
  /** A problem at a path of keys; the deepest part of the path that exists gives the place. */
  readonly problem: (path: readonly (string | number)[], message: string) => Problem;
}

/** Parses YAML 1.2 without anchors, aliases and tags: what is meant is written out. `file` is the name that problems give. */
export function parseYaml(text: string, file: string): { document: Document } | { problems: readonly Problem[] } {
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
