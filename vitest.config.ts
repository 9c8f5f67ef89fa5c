import { defineConfig } from 'vitest/config';

/** The same specs in two time zones on either side of UTC, in shuffled order: neither may matter. */
const zones = ['America/New_York', 'Pacific/Auckland'];

export default defineConfig({
  test: {
    sequence: { shuffle: true },
    projects: zones.map((zone) => ({
      extends: true,
      test: { name: zone, include: ['tests/**/*.test.ts'], env: { TZ: zone }, pool: 'forks' },
    })),
  },
});
