import { defineConfig } from 'vitest/config';

/** The same specs in two time zones on either side of UTC, in shuffled order: neither may matter. */
const zones = ['America/New_York', 'Pacific/Auckland'];
/** Specs in a real browser take longer, and run in a zone of their own. */
const BROWSER = 'tests/browser/**/*.test.ts';

export default defineConfig({
  test: {
    sequence: { shuffle: true },
    // specs that start the service wait for what happens, however slow the machine; a hang still ends
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      ...zones.map((zone) => ({
        extends: true as const,
        test: {
          name: zone,
          include: ['tests/**/*.test.ts'],
          exclude: [BROWSER],
          env: { TZ: zone },
          pool: 'forks' as const,
        },
      })),
      { extends: true, test: { name: 'browser', include: [BROWSER], env: { TZ: 'Asia/Kathmandu' }, pool: 'forks' } },
    ],
  },
});
