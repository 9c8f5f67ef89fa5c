import { READERS } from '../../facts/catalogue.ts';
import type { Reader } from '../../facts/reader.ts';
import { didYouMean } from '../problem.ts';
import type { Comparison, Condition, Criterion, FactInstance, Parameter, Test } from '../types.ts';
import { type Environment, FactLinker } from './facts.ts';
import { inside, type Named, type Place } from './tables.ts';

/** Any of these may stand for a plain count of things. */
const COUNT_UNITS = new Set(['count', 'contacts', 'sessions', 'rows']);

/** Puts criteria and conditions together, on top of facts: what a test compares must have the right kind and unit. */
export class ConditionLinker extends FactLinker {
  readonly #criteria = new WeakMap<NonNullable<Environment>, Map<string, Criterion>>();

  condition(value: unknown, env: Environment, place: Place, trail: readonly string[] = []): Condition | undefined {
    const node = value as Record<string, unknown>;
    if ('fact' in node) return this.#test(node, env, place);
    if ('criterion' in node) return this.criterion(node, env, place, trail);
    const op = (['all', 'any', 'none'] as const).find((one) => one in node);
    if (op === undefined) return undefined;
    const parts = (node[op] as unknown[]).map((part, index) =>
      this.condition(part, env, inside(place, op, index), trail),
    );
    return { kind: 'group', op, parts: parts.filter((part) => part !== undefined) };
  }

  /** A use of a named criterion, `{ criterion, with? }`. */
  criterion(
    node: Record<string, unknown>,
    env: Environment,
    place: Place,
    trail: readonly string[] = [],
  ): Criterion | undefined {
    const name = String(node.criterion);
    const named = this.tables.find(this.tables.criteria, name, 'criterion', inside(place, 'criterion'));
    if (named === undefined) return undefined;
    if (trail.includes(name)) {
      this.tables.report(named, `"${name}" leads back to itself: ${[...trail, name].join(' -> ')}`);
      return undefined;
    }
    const own = this.extend(env, node.with, place);
    const linked = own && (this.#criteria.get(own) ?? new Map<string, Criterion>());
    const known = linked?.get(name);
    if (known !== undefined) return known;
    const body = this.condition(named.value.when, own, inside(named, 'when'), [...trail, name]);
    if (body === undefined) return undefined;
    const title = this.tables.language.say(String(named.value.title), inside(named, 'title'));
    const criterion: Criterion = { kind: 'criterion', name, title, body };
    if (own !== undefined && linked !== undefined) this.#criteria.set(own, linked.set(name, criterion));
    return criterion;
  }

  #test(node: Record<string, unknown>, env: Environment, place: Place): Test | undefined {
    const {
      is,
      of: measure = 'count',
      value,
      values,
      'unknown-as': unknownAs,
    } = node as {
      is: Test['is'];
      of?: string;
      value?: unknown;
      values?: string[];
      'unknown-as'?: 'holds' | 'fails';
    };
    const name = this.settle(String(node.fact), env, inside(place, 'fact'));
    const named = name === undefined ? undefined : this.tables.facts.get(name);
    if (name !== undefined && named === undefined)
      this.tables.find(this.tables.facts, name, 'fact', inside(place, 'fact'));
    const fact = named && this.fact(named.name, this.extend(env, node.with, place), inside(place, 'fact'));
    const reader = READERS.get(String(named?.value.reader));
    if (reader === undefined) return undefined;
    const needs = (name: string, isNeeded: boolean) => {
      if (isNeeded && node[name] === undefined) this.tables.report(place, `"is: ${is}" needs "${name}"`);
      if (!isNeeded && node[name] !== undefined)
        this.tables.report(inside(place, name), `"is: ${is}" does not take "${name}"`);
    };
    const isComparison = is === 'at-least' || is === 'at-most' || is === 'above' || is === 'below';
    needs('value', isComparison);
    needs('values', is === 'one-of');
    if (!isComparison && node.of !== undefined)
      this.tables.report(inside(place, 'of'), `"is: ${is}" does not take "of"`);
    if (is === 'one-of' && !reader.givesNames)
      this.tables.report(inside(place, 'is'), `the reader "${reader.name}" gives no names to compare`);
    const measures = ['count', ...Object.keys(reader.measures)];
    if (!measures.includes(measure)) {
      this.tables.report(
        inside(place, 'of'),
        `"${node.fact}" has no "${measure}"${didYouMean(measure, measures)} (it has ${measures.join(', ')})`,
      );
      return undefined;
    }
    const limit = isComparison && value !== undefined ? this.parameter(value, env, inside(place, 'value')) : undefined;
    if (limit !== undefined) this.#checkUnit(limit, unitOf(measure, reader, named), place);
    const names = this.#names(values, fact, env, inside(place, 'values'));
    if (fact === undefined || (isComparison && limit === undefined)) return undefined;
    return {
      kind: 'test',
      fact,
      of: measure,
      is: is as Test['is'] & Comparison,
      ...(limit !== undefined && { limit }),
      ...(names !== undefined && { values: names }),
      ...(unknownAs !== undefined && { unknownAs }),
    };
  }

  /** The names a `one-of` compares with, each held to what the fact can be. */
  #names(
    values: readonly string[] | undefined,
    fact: FactInstance | undefined,
    env: Environment,
    place: Place,
  ): string[] | undefined {
    const settled = values?.map((value, index) => this.settle(value, env, inside(place, index)) ?? '');
    const possible = fact?.reader.names?.(fact.args);
    const known = possible === 'regions' ? this.#regions() : possible;
    for (const [index, name] of (settled ?? []).entries()) {
      if (name === '' || known === undefined || known.includes(name)) continue;
      this.tables.report(
        inside(place, index),
        `"${fact?.name}" is never "${name}"${didYouMean(name, known)} (it can be ${known.join(', ')})`,
      );
    }
    return settled;
  }

  #regions(): string[] {
    return [...this.tables.concepts.values()].filter(({ value }) => value.kind === 'region').map(({ name }) => name);
  }

  #checkUnit({ name, unit }: Parameter, expected: string, place: Place): void {
    const fits = unit === expected || (COUNT_UNITS.has(expected) && COUNT_UNITS.has(unit));
    if (!fits)
      this.tables.report(
        inside(place, 'value'),
        `"${name}" is in ${unit}, but what it is compared with is in ${expected}`,
      );
  }
}

function unitOf(measure: string, { measures }: Reader, named: Named | undefined): string {
  if (measure === 'count') return 'count';
  const unit = measures[measure] ?? 'count';
  return unit === 'unit' ? String(named?.value.unit) : unit;
}
