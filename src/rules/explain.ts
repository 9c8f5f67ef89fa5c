import { stateOf } from '../facts/reading.ts';
import type { Range } from '../logic/range.ts';
import type { Decision, Judgement } from './decide.ts';
import type { TestTrace, Trace } from './evaluate.ts';

/** A decision as indented lines: for each card what held, what failed, what nobody could tell, and on which resources it rests. */
export function explainDecision({ judgements, silencedBy, shown }: Decision): string[] {
  const told = new Set<Trace>();
  const lines = judgements.flatMap((judgement) => explainJudgement(judgement, told));
  if (silencedBy !== undefined) lines.push(`The whole call is silent: ${silencedBy.criterion}`);
  lines.push(
    shown === undefined ? 'Shown: nothing' : `Shown: ${shown.card.id} (${shown.indicator} ${shown.outcome?.id})`,
  );
  return lines;
}

/** What several cards share, as the silence criteria of a service, is told once. */
function explainJudgement(judgement: Judgement, told: Set<Trace>): string[] {
  const { card, scoped, verdict, silencedBy, outcome, indicator, when, silence, caps, tried } = judgement;
  const untold = (traces: readonly Trace[], heading: string) => {
    const fresh = traces.filter((trace) => !told.has(trace));
    for (const trace of fresh) told.add(trace);
    return fresh.length === 0 ? [] : [heading, ...fresh.flatMap((trace) => explainTrace(trace, 4))];
  };
  const order = scoped.order.reference ?? `draft ${scoped.order.index}`;
  const came = {
    fires: `fires, ${indicator} ${outcome?.id}`,
    silent: `silent, ${silencedBy}`,
    fails: 'does not apply',
    unknown: 'unknown',
  }[verdict];
  return [
    `${card.id} ${card.version} for ${order} (${scoped.orderClass.name}, by ${scoped.recognisedBy}, region from ${scoped.regionFrom}): ${came}`,
    ...untold([when], '  when'),
    ...untold(silence, '  silence'),
    ...untold(caps, '  caps'),
    ...untold(tried, '  outcomes tried'),
  ];
}

function explainTrace(trace: Trace, indent: number): string[] {
  const pad = ' '.repeat(indent);
  if (trace.kind === 'test') return [`${pad}${sentence(trace)}`];
  const name = trace.kind === 'criterion' ? trace.criterion.name : trace.op;
  const parts = trace.kind === 'criterion' ? [trace.body] : trace.parts;
  return [`${pad}${name}: ${trace.truth}`, ...parts.flatMap((part) => explainTrace(part, indent + 2))];
}

function sentence({ test, reading, truth, byDefault }: TestTrace): string {
  const { fact, of, is, limit, values } = test;
  const names =
    reading.names === undefined ? '' : ` ${reading.names.certain.join(', ')}${reading.names.open ? ' or others' : ''}`;
  const range = of === 'count' ? reading.count : reading.measures[of];
  const number = limit === undefined ? '' : range === undefined ? ` ${of} not known` : ` ${of} ${rangeText(range)}`;
  const against =
    limit === undefined
      ? values === undefined
        ? ''
        : ` ${values.join(', ')}`
      : ` ${limit.value} ${limit.unit} (${limit.name})`;
  const seen = reading.evidence
    .slice(0, 5)
    .map(({ reference, date }) => (date === undefined ? reference : `${reference}, ${date}`));
  const from = seen.length === 0 ? '' : ` [${seen.join('; ')}${reading.evidence.length > seen.length ? '; ...' : ''}]`;
  const unread = reading.unread.length === 0 ? '' : ` (not read to the end: ${reading.unread.join(', ')})`;
  return `${fact.name}${names || ` ${stateOf(reading)}`}${number} - ${is}${against} -> ${truth}${byDefault ? ' (by default)' : ''}${from}${unread}`;
}

const rangeText = ({ min, max }: Range): string => (min === max ? String(min) : `${min} to ${max}`);
