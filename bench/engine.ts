import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, round, table } from './numbers.ts';
import type { Part } from './part.ts';
import { payloads, SIZES } from './payloads.ts';

interface Found {
  readonly parse: number;
  readonly answer: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly bytes: number;
}

const STEPS = ['chart', 'judge', 'memory', 'render'];

/** What comes after the body was read: where the time of a call goes, beside the JSON.parse of its body. */
export const engine: Part = {
  name: 'engine',
  run: async ({ now, isQuick, tell }) => {
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-bodies-'));
    const file = join(dir, 'bodies.json');
    const results = payloads(now(), isQuick ? [12, 108] : SIZES).map(({ size, scope, bodies }) => {
      tell(`engine: ${size} KB, ${scope}`);
      writeFileSync(file, JSON.stringify(bodies.map(String)));
      const args = ['bench/servers/engine.mjs', file, isQuick ? '5' : '15', size === 1000 ? '12' : '60'];
      const rounds = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Found[];
      const of = (part: (found: Found) => number) => median(rounds.map(part));
      const steps = STEPS.map((step) => of((found) => found.steps[step] ?? 0));
      const [parse, answer] = [of((found) => found.parse), of((found) => found.answer)];
      return {
        size,
        scope,
        parse,
        answer,
        share: of((found) => found.answer / found.parse),
        steps,
        bytes: of(({ bytes }) => bytes),
      };
    });
    rmSync(dir, { recursive: true, force: true });
    const us = (ms: number) => Math.round(ms * 1000);
    const rows = results.map(({ size, scope, parse, answer, share, steps, bytes }) => [
      `${size} KB`,
      scope,
      us(parse),
      us(answer),
      `${Math.round(share * 100)} %`,
      ...steps.map(us),
      Math.round(bytes),
    ]);
    const head = ['body', 'order', 'JSON.parse', 'all after it', 'of the parse', ...STEPS, 'answer bytes'];
    const markdown = [
      'Microseconds a call, without HTTP, with the embedded store; medians. `all after it` is CPU from checking the parsed request to the',
      "answer's text, the record in the store included; the steps within it are elapsed time.",
      '',
      table(head, rows),
    ].join('\n');
    return { markdown, json: results.map((one) => ({ ...one, share: round(one.share, 3) })) };
  },
};
