/** Pictures of the README and of `docs/`, as the specs that work the pages leave them; `npm run record` writes them anew. */
export const RECORDED = [
  'card',
  'accepted',
  'after-rehabilitation',
  'red-flag',
  'spanish',
  'phone',
  'knowledge',
  'insights',
] as const;

/** Pictures of parts of pages, in `docs/`. */
export const PARTS = ['go-live-silent', 'go-live-sign-off', 'go-live-monthly'] as const;

/** Pictures of the pages that a simulation leaves, in `docs/`. */
export const SIMULATED = ['simulate-report', 'simulate-sample'] as const;
