import { defineConfig } from 'vitest/config';

/** Specs of processes, databases and browsers, and those that look at much, take long; none of them asks what day it is where it runs. */
const SLOW = [
  'browser',
  'clients',
  'commands',
  'demo',
  'deploy',
  'fuzz',
  'performance',
  'requirements',
  'simulate',
  'soak',
  'store',
  'workbench',
].map((folder) => `tests/${folder}/**/*.test.ts`);

/** All specs but the slow ones run in two time zones on either side of UTC, in shuffled order: neither may matter. */
export default defineConfig({
  test: {
    sequence: { shuffle: true },
    // specs that start a process or a database wait for what happens, however slow the machine; a hang still ends
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    projects: [
      project('America/New_York', { include: ['tests/**/*.test.ts'], exclude: SLOW }),
      project('Pacific/Auckland', { include: ['tests/**/*.test.ts'], exclude: SLOW }),
      project('Asia/Kathmandu', { include: SLOW }),
    ],
  },
});

function project(zone: string, files: { include: string[]; exclude?: string[] }) {
  return { extends: true as const, test: { name: zone, env: { TZ: zone }, ...files } };
}
