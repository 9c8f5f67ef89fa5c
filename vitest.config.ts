import { defineConfig } from 'vitest/config';

/** The same specs in two time zones on either side of UTC, in shuffled order: neither may matter. */
const zones = ['America/New_York', 'Pacific/Auckland'];

export default defineConfig({
  test: {
    sequence: { shuffle: true },
    // specs that start the service wait for what happens, however slow the machine; a hang still ends
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: zones.map((zone) => ({
      extends: true,
      test: { name: zone, include: ['tests/**/*.test.ts'], env: { TZ: zone }, pool: 'forks' },
    })),
  },
});
