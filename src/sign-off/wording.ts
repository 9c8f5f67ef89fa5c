import type { Line, Piece, Template } from '../knowledge/types.ts';
import { tidy } from '../render/wording.ts';
import type { Glossary } from './glossary.ts';
import { cell } from './markdown.ts';

/** Wording as its author reads it: numbers and figures filled in, what comes from a chart in angle brackets. */
export const templateText = (template: Template): string => cell(tidy(template.map(pieceText).join('')));

/** A line in each of its forms. */
export function lineText(line: Line, glossary: Glossary): string {
  const when = line.when === undefined ? '' : ` (${glossary.words.outcome.when(glossary.condition(line.when))})`;
  if (line.kind === 'say') return `“${templateText(line.say)}”${when}`;
  const forms = (['known', 'absent', 'unavailable'] as const).flatMap((state) => {
    const template = line[state];
    return template === undefined ? [] : [`${glossary.words.line[state]}: “${templateText(template)}”`];
  });
  return `${forms.join(', ')}${when};`;
}

function pieceText(piece: Piece): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'figure':
      return String(piece.value);
    case 'number':
      return piece.plural === undefined ? String(piece.value) : `${piece.value} ${piece.plural[1]}`;
    case 'mark':
      return piece.standing === 'sourced' ? '' : `(${piece.standing})`;
    case 'cite':
      return piece.source.label;
    case 'day':
      return piece.ahead === undefined ? '‹today›' : `‹today + ${piece.ahead.value} ${piece.ahead.unit}›`;
    case 'order':
      return '‹order›';
    case 'fact':
      return `‹${piece.fact.label}${piece.of === 'label' ? '' : `: ${piece.of}`}›`;
  }
}
