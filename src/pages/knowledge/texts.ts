/** Every word of the page; the pack has its own. */
export const texts = {
  where: 'Knowledge',
  title: 'What the cards know',
  lead: 'Every card, number, source and code of the loaded pack, as it is judged. Do not use it in care before a clinician of yours has signed it.',
  loading: 'Loading …',
  failed: 'The service does not answer.',
  document: 'The document to sign',
  filter: 'Find',
  filterHint: 'word or code',
  none: 'Nothing holds these words.',
  contents: 'Contents',
  language: 'Language of the pack',
  languages: { en: 'English', es: 'Español' },
} as const;
