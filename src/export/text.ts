import type { Condition, Criterion, Line } from '../knowledge/types.ts';
import { Glossary } from '../sign-off/glossary.ts';
import { lineText } from '../sign-off/wording.ts';

/** Conditions spelled out to the last test: an exported card stands alone, so there is no page to link to. */
class Spelled extends Glossary {
  /** Most criteria are those of many cards. */
  readonly #spelled = new WeakMap<Criterion, string>();

  override mention(criterion: Criterion): string {
    const text = this.#spelled.get(criterion) ?? `${criterion.title} [${this.condition(criterion.body)}]`;
    this.#spelled.set(criterion, text);
    return text;
  }
}

const SPELLED = new Spelled();

export const conditionText = (condition: Condition): string => SPELLED.condition(condition).replaceAll('\\|', '|');
export const linesText = (lines: readonly Line[]): string =>
  lines
    .map((line) => lineText(line, SPELLED))
    .filter((text) => text !== '')
    .join('\n\n');
