import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, round, table } from './numbers.ts';
import type { Part } from './part.ts';
import { payloads } from './payloads.ts';

const TURNS = 3;

/** A part of one rule by `cql-execution`, beside the service with all its cards; both in a process of their own, from the parsed request on. */
export const cql: Part = {
  name: 'cql',
  run: async ({ now, isQuick, tell }) => {
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-cql-'));
    const file = join(dir, 'bodies.json');
    const rounds = isQuick ? '3' : '9';
    const run = <T>(script: string, calls: string): T[] =>
      JSON.parse(execFileSync(process.execPath, [script, file, rounds, calls], { encoding: 'utf8' })) as T[];
    const results = payloads(now(), [12, 108])
      .filter(({ scope }) => scope === 'in scope')
      .map(({ size, bodies }) => {
        tell(`cql: ${size} KB`);
        writeFileSync(file, JSON.stringify(bodies.map(String)));
        const turns = Array.from({ length: TURNS }, () => ({
          own: run<{ answer: number }>('bench/servers/engine.mjs', '60').map(({ answer }) => answer),
          cql: run<{ ms: number; fires: number }>('bench/servers/cql.mjs', '8'),
        }));
        if (turns.some((turn) => turn.cql.some(({ fires }) => fires !== 2)))
          throw new Error('CQL finds something else');
        const own = median(turns.flatMap((turn) => turn.own));
        const other = median(turns.flatMap((turn) => turn.cql.map(({ ms }) => ms)));
        return { size, own, cql: other, times: round(other / own, 1) };
      });
    rmSync(dir, { recursive: true, force: true });
    const markdown = [
      'CPU ms of a call from the parsed request on. In CQL (`cql-execution` with `cql-exec-fhir`, ELM written by hand) it is a small part of',
      'one rule: the order and the indication by code, five red flags by code, no physiotherapy procedure in 26 weeks. It reads no words, no',
      'other contacts, renders and records nothing. The service judges its whole pack, renders the card, and records the call.',
      '',
      table(
        ['body', 'service', 'CQL', 'times as much'],
        results.map(({ size, own, cql: other, times }) => [`${size} KB`, own.toFixed(3), other.toFixed(3), times]),
      ),
    ].join('\n');
    return { markdown, json: results };
  },
};
