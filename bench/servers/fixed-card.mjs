const LENGTH = 2048;
const card = {
  uuid: '00000000-0000-5000-8000-000000000000',
  summary: 'The same card for every call',
  indicator: 'info',
  source: { label: 'npm run bench' },
  detail: '',
};

/** An answer of 2 KB. */
export const FIXED = {
  cards: [{ ...card, detail: 'x'.repeat(LENGTH - JSON.stringify({ cards: [card] }).length) }],
};
