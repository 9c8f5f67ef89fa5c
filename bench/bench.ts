import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { calls } from './calls.ts';
import type { Options, Part } from './part.ts';

const RESULTS = fileURLToPath(new URL('results/', import.meta.url));
const PARTS: readonly Part[] = [calls];

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}; there are ${PARTS.map(({ name }) => name).join(', ')}`);

const options: Options = {
  now: () => new Date(),
  isQuick: values.quick,
  tell: (line) => void process.stderr.write(`${line}\n`),
};
const [cpu] = cpus();
const machine = `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${platform()} ${arch()}, Node ${process.version}`;

mkdirSync(RESULTS, { recursive: true });
for (const { name, run } of PARTS) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const { markdown, json } = await run(options);
  const day = options.now().toISOString().slice(0, 10);
  const where = `Measured on ${day}: ${machine}${options.isQuick ? ', a quick run' : ''}.`;
  process.stdout.write(`\n## ${name}\n\n${where}\n\n${markdown}\n`);
  const base = `${RESULTS}${name}${options.isQuick ? '.quick' : ''}`;
  writeFileSync(`${base}.md`, `${where}\n\n${markdown}\n`);
  writeFileSync(
    `${base}.json`,
    `${JSON.stringify({ day, machine, quick: options.isQuick, found: json }, undefined, 1)}\n`,
  );
}
