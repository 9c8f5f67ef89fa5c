import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { calls } from './calls.ts';
import { cql } from './cql.ts';
import { engine } from './engine.ts';
import { feedback } from './feedback.ts';
import { floor } from './floor.ts';
import { growth } from './growth.ts';
import { memory } from './memory.ts';
import type { Options, Part } from './part.ts';
import { profile } from './profile.ts';
import { sizing } from './sizing.ts';
import { workers } from './workers.ts';

const PAGE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const RESULTS = fileURLToPath(new URL('results/', import.meta.url));
const PARTS: readonly Part[] = [calls, floor, engine, profile, cql, growth, feedback, workers, sizing, memory];

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
  },
});
const wanted = values.memory ? [...positionals, memory.name] : positionals;
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
for (const { name, run, isLong } of PARTS) {
  if (wanted.length > 0 ? !wanted.includes(name) : isLong) continue;
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
  if (values.docs) writeToPage(name, `${where}\n\n${markdown}`);
}

/** Replaces what stands between the marks of a part. */
function writeToPage(name: string, text: string): void {
  const marks = new RegExp(`(<!-- bench ${name} -->\n)[^]*?(<!-- end -->)`);
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(marks, (_, start: string, end: string) => `${start}\n${text}\n\n${end}`),
  );
}
