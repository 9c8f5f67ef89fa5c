import type { Line, Piece, Template } from '../knowledge/types.ts';
import { tidy } from '../render/wording.ts';
import { amount, type Glossary } from './glossary.ts';
import { cell } from './markdown.ts';
import type { Words } from './words.ts';

/** Wording as its author reads it: numbers and figures filled in, what comes from a chart in angle brackets. */
export const templateText = (template: Template, words: Words): string =>
  cell(tidy(template.map((piece) => pieceText(piece, words)).join('')));

/** A line in each of its forms. */
export function lineText(line: Line, glossary: Glossary): string {
  const when = line.when === undefined ? '' : ` (${glossary.words.outcome.when(glossary.condition(line.when))})`;
  if (line.kind === 'say') return `“${templateText(line.say, glossary.words)}”${when}`;
  const forms = (['known', 'absent', 'unavailable'] as const).flatMap((state) => {
    const template = line[state];
    return template === undefined ? [] : [`${glossary.words.line[state]}: “${templateText(template, glossary.words)}”`];
  });
  return `${forms.join(', ')}${when};`;
}

function pieceText(piece: Piece, words: Words): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'figure':
      return words.number(piece.value);
    case 'number':
      return `${words.number(piece.value)} ${piece.plural?.[piece.value === 1 ? 0 : 1] ?? ''}`.trim();
    case 'mark':
      return piece.standing === 'sourced' ? '' : `(${words.standings[piece.standing]})`;
    case 'cite':
      return piece.source.label;
    case 'day':
      return `‹${words.today}${piece.ahead === undefined ? '' : ` + ${amount(piece.ahead, words)}`}›`;
    case 'order':
      return `‹${words.order}›`;
    case 'fact':
      return `‹${piece.fact.label}${piece.of === 'label' ? '' : `: ${words.measures[piece.of] ?? piece.of}`}›`;
  }
}
