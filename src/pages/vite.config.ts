import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** One shell for all pages, which fetches the page of its address. Nothing inline: the policy of the pages forbids it. */
export default defineConfig({
  root: here('.'),
  logLevel: 'warn',
  build: {
    outDir: here('../../dist/pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    license: { fileName: 'licenses.md' },
  },
});
