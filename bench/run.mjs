/** `npm run bench`: TypeScript, which Node 20 does not run by itself. */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

await runnerImport(fileURLToPath(new URL('bench.ts', import.meta.url)), { configFile: false, logLevel: 'error' });
