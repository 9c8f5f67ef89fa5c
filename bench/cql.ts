import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, round, table } from './numbers.ts';
import type { Part } from './part.ts';
import { payloads, SIZES } from './payloads.ts';

const TURNS = 3;
const CALLS = '8';
const PACK = fileURLToPath(new URL('same-rule', import.meta.url));
const VALUE_SETS = fileURLToPath(new URL('../cards/value-sets', import.meta.url));

interface Found {
  readonly ms: number;
  readonly fires: number;
}

/** One rule by `cql-execution` and by the engine of the service, and the service with all its cards; each in a process of its own, in turns. */
export const cql: Part = {
  name: 'cql',
  run: async ({ now, isQuick, tell }) => {
    const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-cql-'));
    const file = join(dir, 'bodies.json');
    const pack = join(dir, 'pack');
    writePack(pack);
    const rounds = isQuick ? '3' : '15';
    const run = <T>(script: string, ...more: string[]): T[] =>
      JSON.parse(
        execFileSync(process.execPath, [`bench/servers/${script}.mjs`, file, rounds, CALLS, ...more], {
          encoding: 'utf8',
        }),
      ) as T[];
    const results = payloads(now(), isQuick ? [12, 108] : SIZES)
      .filter(({ scope }) => scope === 'in scope')
      .map(({ size, bodies: [body] }) => {
        tell(`cql: ${size} KB`);
        writeFileSync(file, JSON.stringify([String(body)]));
        const turns = Array.from({ length: TURNS }, () => ({
          cql: run<Found>('cql'),
          rule: run<Found>('same-rule', pack),
          service: run<{ answer: number }>('engine').map(({ answer }) => answer),
        }));
        if (turns.some((turn) => [...turn.cql, ...turn.rule].some(({ fires }) => fires !== Number(CALLS))))
          throw new Error('the rule comes to something else');
        const [other, rule] = (['cql', 'rule'] as const).map((one) =>
          median(turns.flatMap((turn) => turn[one].map(({ ms }) => ms))),
        ) as [number, number];
        const service = median(turns.flatMap((turn) => turn.service));
        return {
          size,
          cql: other,
          rule,
          service,
          ofRule: round(other / rule, 1),
          ofService: round(other / service, 1),
        };
      });
    rmSync(dir, { recursive: true, force: true });
    const markdown = [
      'CPU ms of a call from the parsed request on. The rule: an injection and its indication by code, none of five red flags by code, no',
      'physiotherapy procedure in 26 weeks. In CQL it is run by `cql-execution` with `cql-exec-fhir`, ELM written by hand; here it is the pack of',
      '`bench/same-rule`. Both come to the same for the same calls. The last two columns set beside it what the service does with the same call:',
      'its whole pack, words too, the card written and recorded.',
      '',
      table(
        ['body', 'CQL', 'the same rule', 'CQL takes, times', 'the whole service', 'CQL takes, times'],
        results.map(({ size, cql: other, rule, service, ofRule, ofService }) => [
          `${size} KB`,
          other.toFixed(3),
          rule.toFixed(3),
          ofRule,
          service.toFixed(3),
          ofService,
        ]),
      ),
    ].join('\n');
    return { markdown, json: results };
  },
};

/** Writes the pack with the rule: it has the value sets of the service. */
export function writePack(dir: string): void {
  cpSync(PACK, dir, { recursive: true });
  cpSync(VALUE_SETS, join(dir, 'value-sets'), { recursive: true });
}
