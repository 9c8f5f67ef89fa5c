import type { Condition, Criterion, Line, Template } from '../knowledge/types.ts';
import { Glossary } from '../sign-off/glossary.ts';
import { lineText, templateText } from '../sign-off/wording.ts';

/** Conditions spelled out to the last test: an exported card stands alone, so there is no page to link to. */
export class Spelled extends Glossary {
  /** Most criteria are those of many cards. */
  readonly #spelled = new WeakMap<Criterion, string>();

  override mention(criterion: Criterion): string {
    const text = this.#spelled.get(criterion) ?? `${criterion.title} [${this.condition(criterion.body)}]`;
    this.#spelled.set(criterion, text);
    return text;
  }

  /** A condition as text that stands in no table. A string of FHIR has no no-break space. */
  plain(condition: Condition): string {
    return this.condition(condition).replaceAll('\\|', '|').replaceAll('\u00a0', ' ');
  }

  lines(lines: readonly Line[]): string {
    return lines
      .map((line) => lineText(line, this))
      .filter((text) => text !== '')
      .join('\n\n')
      .replaceAll('\u00a0', ' ');
  }

  template(template: Template): string {
    return templateText(template, this.words);
  }
}
