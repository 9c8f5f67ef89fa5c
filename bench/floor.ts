import { type Comparison, compare } from './calls.ts';
import { table } from './numbers.ts';
import type { Part } from './part.ts';

const WHOLE: Comparison = {
  callees: ['node:http', 'Express', 'floor', 'open'],
  sizes: [12, 108],
  levels: [16],
  rounds: 9,
  share: 1,
  warmUp: 1,
};
const QUICK: Comparison = { ...WHOLE, rounds: 5, share: 1 / 3 };

/** How near the service can come to servers that promise nothing. */
export const floor: Part = {
  name: 'floor',
  run: async (options) => {
    const measured = await compare(options.isQuick ? QUICK : WHOLE, options);
    const of = (one: (typeof measured)[number], callee: string) =>
      measured.find((other) => other.callee === callee && other.size === one.size && other.scope === one.scope)
        ?.cpuMs ?? Number.NaN;
    const rows = measured
      .filter(({ callee }) => callee === 'floor')
      .map((one) => [
        `${one.size} KB`,
        one.scope,
        of(one, 'node:http').toFixed(3),
        of(one, 'Express').toFixed(3),
        one.cpuMs.toFixed(3),
        of(one, 'open').toFixed(3),
        one.cpuBesideNode.toFixed(2),
        one.cpuBesideExpress.toFixed(2),
      ]);
    const markdown = [
      'CPU ms of a call, 16 at once. The floor is bare `node:http` with what is promised beside the judgement, by the same libraries: a line of log,',
      'a histogram, headers, and for a call in scope an answer of 8 KB, one look-up and one row in SQLite. It judges nothing. The last two columns',
      'say how the floor itself stands beside the references: what a service with these promises could reach if judging and writing took no time.',
      '',
      table(
        ['body', 'order', 'node:http', 'Express', 'floor', 'open', 'floor beside node:http', 'floor beside Express'],
        rows,
      ),
    ].join('\n');
    return { markdown, json: measured };
  },
};
