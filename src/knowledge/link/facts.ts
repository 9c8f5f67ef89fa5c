import type { Duration } from '../../clinical/dates.ts';
import { isKnownUnit } from '../../clinical/quantity.ts';
import { READERS } from '../../facts/catalogue.ts';
import type { ArgumentKind, Arguments, Reader } from '../../facts/reader.ts';
import { didYouMean } from '../problem.ts';
import type { FactInstance, Parameter } from '../types.ts';
import { inside, type Named, type Place, type Tables } from './tables.ts';

/** Names that a card gives to its criteria and facts (`with:`); undefined when something is checked by itself, without a card. */
export type Environment = Readonly<Record<string, string>> | undefined;

/** A parameter as the argument it settles: a length of time, or the end of a scale. */
export const argumentOf = ({ value, unit }: Parameter): Duration | number =>
  unit === '{score}' ? value : { value, unit: unit as Duration['unit'] };

const DURATION_UNITS: ReadonlySet<string> = new Set<Duration['unit']>(['days', 'weeks', 'months', 'years']);

/** Whether a parameter is a length of time. */
export const isLength = (parameter: Parameter): parameter is Parameter & { readonly unit: Duration['unit'] } =>
  DURATION_UNITS.has(parameter.unit);

/** Puts facts together: readers and their arguments looked up, `$names` and parameters replaced, kinds checked. */
export class FactLinker {
  readonly tables: Tables;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly #facts = new Map<string, FactInstance>();
  /** Environments by what they give: one object for all that give the same, so that what hangs on it is put together once. */
  readonly #environments = new Map<string, NonNullable<Environment>>();
  readonly #inEnvironment = new WeakMap<NonNullable<Environment>, Map<string, FactInstance>>();
  /** Facts being linked, from the one that was asked for to the one it leads to. */
  readonly #trail: string[] = [];

  constructor(tables: Tables, parameters: ReadonlyMap<string, Parameter>) {
    this.tables = tables;
    this.parameters = parameters;
  }

  /** The names a use adds or replaces. */
  extend(env: Environment, added: unknown, place: Place): Environment {
    if (added === undefined || env === undefined) return env;
    const settled = Object.entries(added as Record<string, string>).map(
      ([name, value]) => [name, this.settle(value, env, inside(place, 'with', name)) ?? ''] as const,
    );
    return this.shared({ ...env, ...Object.fromEntries(settled) });
  }

  /** The one environment that gives these names. */
  shared(env: NonNullable<Environment>): NonNullable<Environment> {
    const key = JSON.stringify(Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#environments.get(key) ?? env;
    this.#environments.set(key, known);
    return known;
  }

  /** A name as it is written, or what `$name` stands for here. */
  settle(value: string, env: Environment, place: Place): string | undefined {
    if (!value.startsWith('$')) return value;
    if (env === undefined) return undefined;
    const found = env[value.slice(1)];
    if (found === undefined) {
      const known = Object.keys(env);
      this.tables.report(place, `"${value}" is not given by the card's "with"${didYouMean(value.slice(1), known)}`);
    }
    return found === '' ? undefined : found;
  }

  /** A fact with its arguments settled; undefined when something about it is wrong, or hangs on a card. */
  fact(written: string, env: Environment, place: Place): FactInstance | undefined {
    const name = this.settle(written, env, place);
    if (name === undefined) return undefined;
    if (env === undefined) return this.#fact(name, env, place);
    const linked = this.#inEnvironment.get(env) ?? new Map<string, FactInstance>();
    this.#inEnvironment.set(env, linked);
    const fact = linked.get(name) ?? this.#fact(name, env, place);
    if (fact !== undefined) linked.set(name, fact);
    return fact;
  }

  #fact(name: string, env: Environment, place: Place): FactInstance | undefined {
    if (this.#trail.includes(name)) {
      this.tables.report(place, `"${name}" leads back to itself: ${[...this.#trail, name].join(' -> ')}`);
      return undefined;
    }
    const named = this.tables.find(this.tables.facts, name, 'fact', place);
    if (named === undefined) return undefined;
    const reader = this.tables.find(READERS, String(named.value.reader), 'reader', inside(named, 'reader'));
    if (reader === undefined) return undefined;
    const parameters: Record<string, Parameter> = {};
    this.#trail.push(name);
    const args = this.#arguments(named, reader, env, parameters);
    this.#trail.pop();
    if (args === undefined) return undefined;
    const key = `${name} ${JSON.stringify([args, Object.values(parameters).map((one) => one.name)])}`;
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const needs = [args.after, args.explains].flatMap((one) => (one === undefined ? [] : (this.#facts.get(one) ?? [])));
    const slices = new Set([...reader.slices(args), ...needs.flatMap((one) => one.slices)]);
    const fact: FactInstance = {
      key,
      name,
      label: this.tables.language.say(String(named.value.label), inside(named, 'label')),
      reader,
      args,
      slices: [...slices],
      needs,
      parameters,
    };
    this.#facts.set(key, fact);
    for (const concept of this.#named(reader.names?.(args)))
      this.tables.language.word(String(concept.value.title), inside(concept, 'title'));
    return fact;
  }

  /** The concepts among the names that a reader can give, which are called by their titles. */
  #named(names: ReturnType<NonNullable<Reader['names']>>): readonly Named[] {
    const { concepts } = this.tables;
    if (names === 'regions') return [...concepts.values()].filter(({ value }) => value.kind === 'region');
    return (names ?? []).flatMap((name) => concepts.get(name) ?? []);
  }

  /** The parameter a `value` names. */
  parameter(value: unknown, env: Environment, place: Place): Parameter | undefined {
    if (typeof value === 'number' || /^\d/.test(String(value))) {
      this.tables.report(place, `${String(value)} is a bare number: give it a name in parameters/ and use that`);
      return undefined;
    }
    const name = this.settle(String(value), env, place);
    return name === undefined ? undefined : this.tables.find(this.parameters, name, 'parameter', place);
  }

  /** @param parameters those that settle an argument are added to it. */
  #arguments(
    named: Named,
    reader: Reader,
    env: Environment,
    parameters: Record<string, Parameter>,
  ): Arguments | undefined {
    const settled: Record<string, unknown> = {};
    let isComplete = true;
    for (const [name, value] of Object.entries(named.value)) {
      if (name === 'label' || name === 'reader') continue;
      const kind = reader.arguments[name];
      const place = inside(named, name);
      if (kind === undefined) {
        const known = Object.keys(reader.arguments);
        this.tables.report(
          place,
          `the reader "${reader.name}" takes no "${name}"${didYouMean(name, known)} (it takes ${known.join(', ')})`,
        );
        continue;
      }
      const isNumber = kind.kind === 'duration' || kind.kind === 'scale';
      const parameter = isNumber ? this.#number(value, kind.kind, env, place) : undefined;
      const argument = isNumber ? parameter && argumentOf(parameter) : this.#argument(value, kind, env, place);
      if (argument === undefined) isComplete = false;
      else settled[name] = argument;
      if (parameter !== undefined) parameters[name] = parameter;
    }
    for (const [name, { required }] of Object.entries(reader.arguments)) {
      if (required && named.value[name] === undefined) {
        this.tables.report(named, `the reader "${reader.name}" needs "${name}"`);
        isComplete = false;
      }
    }
    return isComplete ? (settled as Arguments) : undefined;
  }

  #argument(value: unknown, kind: ArgumentKind, env: Environment, place: Place): unknown {
    const listed = (Array.isArray(value) ? value : [value]) as unknown[];
    const at = (index: number) => (Array.isArray(value) ? inside(place, index) : place);
    const names = <T>(table: ReadonlyMap<string, T>, what: string) => {
      const found = listed.map((one, index) => {
        const name = this.settle(String(one), env, at(index));
        return name !== undefined && this.tables.find(table, name, what, at(index)) !== undefined ? name : undefined;
      });
      return found.includes(undefined) ? undefined : found;
    };
    switch (kind.kind) {
      case 'slices':
        return names(this.tables.slices, 'slice');
      case 'concepts':
        return names(this.tables.concepts, 'concept');
      case 'fact':
        return this.fact(String(value), env, place)?.key;
      case 'unit':
        if (typeof value === 'string' && isKnownUnit(value)) return value;
        this.tables.report(place, `${JSON.stringify(value)} is not a unit this service converts to`);
        return undefined;
      case 'flag':
        if (typeof value === 'boolean') return value;
        this.tables.report(place, 'is true or false');
        return undefined;
      case 'choice':
      case 'choices': {
        const wrong = listed.find((one) => !kind.of.includes(String(one)));
        if (wrong === undefined && (kind.kind === 'choices' || !Array.isArray(value)))
          return kind.kind === 'choice' ? value : listed;
        this.tables.report(
          place,
          `${JSON.stringify(wrong ?? value)} must be one of ${kind.of.join(', ')}${didYouMean(String(wrong), kind.of)}`,
        );
        return undefined;
      }
    }
  }

  /** The parameter that settles a length of time or the end of a scale, if it has a unit for it. */
  #number(value: unknown, kind: 'duration' | 'scale', env: Environment, place: Place): Parameter | undefined {
    const parameter = this.parameter(value, env, place);
    if (parameter === undefined) return undefined;
    const { name, unit } = parameter;
    if (kind === 'scale' ? unit === '{score}' : isLength(parameter)) return parameter;
    const expected =
      kind === 'scale' ? 'the end of a scale is in {score}' : 'a length of time is in days, weeks, months or years';
    this.tables.report(place, `"${name}" is in ${unit}; ${expected}`);
    return undefined;
  }
}
