import type { Knowledge } from './types.ts';

/**
 * The knowledge in the first of the wanted languages that the pack speaks, else as it is written. `es-MX` is content with `es`.
 *
 * @param wanted BCP 47 tags, the most wanted first
 */
export function inLanguage(knowledge: Knowledge, wanted: readonly string[]): Knowledge {
  for (const tag of wanted.map((one) => one.toLowerCase())) {
    if (isFor(tag, knowledge.locale)) return knowledge;
    for (const [locale, translated] of knowledge.translations) if (isFor(tag, locale)) return translated;
  }
  return knowledge;
}

/** The languages of a pack, that it is written in first. */
export const languagesOf = ({ locale, translations }: Knowledge): readonly string[] => [locale, ...translations.keys()];

const isFor = (tag: string, locale: string): boolean =>
  tag === locale.toLowerCase() || tag.startsWith(`${locale.toLowerCase()}-`);
