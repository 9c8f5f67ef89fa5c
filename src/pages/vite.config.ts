import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Each folder with an index.html is a page; all share chunks, styles and `assets/`. Nothing inline: the policy of the pages forbids it. */
const pages = readdirSync(here('.'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('index.html'),
);

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
    rolldownOptions: { input: pages.map((file) => here(file)) },
  },
});
