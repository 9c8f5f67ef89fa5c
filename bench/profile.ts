import { load } from './load.ts';
import { sum, table } from './numbers.ts';
import type { Part } from './part.ts';
import { type Payload, payloads } from './payloads.ts';
import { type Server, startService } from './servers.ts';

const PATH = '/cds-services/rehab-first-order-select';
const CALLS = 8000;
const QUICK_CALLS = 3000;
const AT_ONCE = 8;
/** Of 12 KB; larger bodies take longer. */
const LARGER = 4;

/** What a place in the code is part of: the first that matches `file function`. */
const PARTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['waiting', /^ (?:\(idle\)|dispatch)$/], // the second is the profiler itself
  ['collecting garbage', /^ \(garbage collector\)$/],
  ['JSON.parse of the body', /dist\/http\/body\.js parseJson$/],
  [
    'the log, and metrics',
    /node_modules\/(?:pino|sonic-boom|prom-client|quick-format|safe-stable)|dist\/metrics\/|request-log/,
  ],
  ['the store, and what is recorded', /libsql|kysely|dist\/store\/|dist\/memory\.js/],
  ['checking the request', /node_modules\/ajv|dist\/cds-hooks\//],
  ['orders, and what they are about', /dist\/orders\//],
  ['slices of the chart, and what stands in them', /dist\/chart\//],
  ['what codes and words mean', /dist\/terminology\//],
  ['facts', /dist\/facts\//],
  ['conditions', /dist\/rules\/|dist\/logic\/truth\.js/],
  ['the card', /dist\/render\//],
  ['the rest of the core', /dist\/(?:answer|logic|clinical|knowledge)/],
  ['the answer as JSON', /dist\/http\/call\.js $/],
  ['Node: HTTP, sockets, promises', /^(?:node:| |$)/],
  ['the rest', /(?:)/],
];

interface Profiled extends Pick<Payload, 'size' | 'scope'> {
  readonly parts: readonly { readonly name: string; readonly us: number }[];
}

/** Where the time of a call goes, in the whole service, as the profiler of V8 sees its main thread. */
export const profile: Part = {
  name: 'profile',
  run: async ({ now, isQuick, tell }) => {
    const calls = isQuick ? QUICK_CALLS : CALLS;
    const results: Profiled[] = [];
    for (const payload of payloads(now(), [12, 108])) {
      const { size, scope } = payload;
      tell(`profile: ${size} KB, ${scope}`);
      const service = await startService();
      const count = size === 12 ? calls : calls / LARGER;
      await send(service, payload, calls);
      const times = await service.profile(() => send(service, payload, count));
      await service.stop();
      const share = PARTS.map(([name]) => ({ name, us: timeOf(name, times) / count }));
      results.push({ size, scope, parts: share.filter(({ name }) => name !== 'waiting') });
    }
    const names = results[0]?.parts.map(({ name }) => name) ?? [];
    const rows = names.map((name, at) => [name, ...results.map(({ parts }) => Math.round(parts[at]?.us ?? 0))]);
    const totals = results.map(({ parts }) => Math.round(sum(parts.map(({ us }) => us))));
    const markdown = [
      'Microseconds a call of the main thread, authentication off, with the embedded store, as the profiler sees them; it costs about a tenth',
      'itself. A part is what stands in its own functions, whoever called them.',
      '',
      table(['part', ...results.map(({ size, scope }) => `${size} KB ${scope}`)], [...rows, ['all', ...totals]]),
    ].join('\n');
    return { markdown, json: results };
  },
};

const send = (service: Server, { bodies }: Payload, calls: number) =>
  load(service.url, {
    ...{ calls, concurrency: AT_ONCE, path: PATH },
    body: (call) => bodies[call % bodies.length] ?? Buffer.alloc(0),
  });

const partOf = (place: string) => PARTS.find(([, pattern]) => pattern.test(place))?.[0];

const timeOf = (name: string, times: Readonly<Record<string, number>>): number =>
  sum(Object.entries(times).flatMap(([place, us]) => (partOf(place) === name ? [us] : [])));
