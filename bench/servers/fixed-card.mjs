const card = {
  uuid: '00000000-0000-5000-8000-000000000000',
  summary: 'The same card for every call',
  indicator: 'info',
  source: { label: 'npm run bench' },
  detail: '',
};

/** An answer of so many bytes. @param {number} length */
export const cardOf = (length) => ({
  cards: [{ ...card, detail: 'x'.repeat(length - JSON.stringify({ cards: [card] }).length) }],
});

/** An answer of 2 KB. */
export const FIXED = cardOf(2048);
