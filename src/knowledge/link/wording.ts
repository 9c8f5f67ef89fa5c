import { didYouMean } from '../problem.ts';
import type {
  ActionDefinition,
  CitedSource,
  Line,
  Piece,
  ResourceTemplate,
  SuggestionDefinition,
  Template,
} from '../types.ts';
import type { ConditionLinker } from './conditions.ts';
import { type Environment, isLength } from './facts.ts';
import { inside, type Named, type Place } from './tables.ts';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const PLURAL = /^(.*?)\s*\(([^()|]*)\|([^()|]*)\)$/;
/** Lines may name lines, but not for ever. */
const DEEPEST_LINE = 8;
/** Members of a FHIR resource that hold words for people. */
const READ = new Set(['text', 'patientInstruction', 'description', 'title']);
/** What a fact placeholder may print beside its measures and days. */
const FACT_WORDS = ['label', 'count', 'names'];

/** Turns what authors write into wording that can only be filled in: every name in it is looked up now, not when a card is shown. */
export class WordingLinker {
  readonly #conditions: ConditionLinker;
  readonly #sources: ReadonlyMap<string, CitedSource>;
  /** Lines and suggestions that cards share, as written, to what they are linked to, for all that give them the same names. */
  readonly #linked = new WeakMap<NonNullable<Environment>, Map<unknown, unknown>>();
  /** How often wording of the card's own was asked for. */
  #ownTexts = 0;

  constructor(conditions: ConditionLinker, sources: ReadonlyMap<string, CitedSource>) {
    this.#conditions = conditions;
    this.#sources = sources;
  }

  /** @param texts wording that the card itself gives, for `{{text name}}`. */
  template(text: string, env: Environment, place: Place, texts: Readonly<Record<string, string>> = {}): Template {
    return this.#parse(this.#tables.language.say(text, place), env, place, texts);
  }

  #parse(said: string, env: Environment, place: Place, texts: Readonly<Record<string, string>>): Template {
    const pieces: Piece[] = [];
    let end = 0;
    for (const match of said.matchAll(PLACEHOLDER)) {
      if (match.index > end) pieces.push({ kind: 'text', text: said.slice(end, match.index) });
      pieces.push(...this.#piece((match[1] ?? '').trim(), env, place, texts));
      end = match.index + match[0].length;
    }
    if (end < said.length) pieces.push({ kind: 'text', text: said.slice(end) });
    if (/\{\{|\}\}/.test(said.replace(PLACEHOLDER, '')))
      this.#tables.report(place, 'a placeholder is opened and not closed, or closed and not opened');
    return pieces;
  }

  line(
    value: unknown,
    env: Environment,
    place: Place,
    texts: Readonly<Record<string, string>> = {},
    depth = 0,
  ): Line | undefined {
    if (typeof value === 'string') return { kind: 'say', say: this.template(value, env, place, texts) };
    const node = value as Record<string, unknown>;
    if (typeof node.line === 'string') {
      const shared = this.#tables.find(this.#tables.lines, node.line, 'line', inside(place, 'line'));
      if (depth > DEEPEST_LINE) this.#tables.report(place, `line "${node.line}" leads back to itself`);
      if (shared === undefined || depth > DEEPEST_LINE) return undefined;
      const own = this.#conditions.extend(env, node.with, place);
      return this.#once(own, shared.value, () => this.line(shared.value, own, shared, texts, depth + 1));
    }
    const when =
      node.when === undefined ? undefined : this.#conditions.condition(node.when, env, inside(place, 'when'));
    const condition = when === undefined ? {} : { when };
    if (node.say !== undefined)
      return { kind: 'say', say: this.template(String(node.say), env, inside(place, 'say'), texts), ...condition };
    const factEnv = this.#conditions.extend(env, node.with, place);
    const fact = this.#conditions.fact(String(node.fact), factEnv, inside(place, 'fact'));
    const form = (name: 'known' | 'absent' | 'unavailable') =>
      node[name] === undefined
        ? {}
        : { [name]: this.template(String(node[name]), factEnv, inside(place, name), texts) };
    const forms = { ...form('known'), ...form('absent'), ...form('unavailable') };
    return fact === undefined ? undefined : { kind: 'fact', fact, ...forms, ...condition };
  }

  suggestion(named: Named, env: Environment, texts: Readonly<Record<string, string>>): SuggestionDefinition {
    return this.#once(env, named.value, () => this.#suggestion(named, env, texts));
  }

  /** Links what is shared, unless it was linked before. What uses wording of the card's own is the card's alone. */
  #once<T>(env: Environment, written: unknown, link: () => T): T {
    if (env === undefined) return link();
    const linked = this.#linked.get(env) ?? new Map<unknown, unknown>();
    this.#linked.set(env, linked);
    if (linked.has(written)) return linked.get(written) as T;
    const before = this.#ownTexts;
    const made = link();
    if (this.#ownTexts === before) linked.set(written, made);
    return made;
  }

  #suggestion(named: Named, env: Environment, texts: Readonly<Record<string, string>>): SuggestionDefinition {
    const { label, when, recommended, actions } = named.value as {
      label: string;
      when?: unknown;
      recommended?: unknown;
      actions: readonly Record<string, Record<string, unknown>>[];
    };
    const condition = (value: unknown, key: string) => {
      const linked = value === undefined ? undefined : this.#conditions.condition(value, env, inside(named, key));
      return linked === undefined ? {} : { [key]: linked };
    };
    return {
      name: named.name,
      label: this.template(label, env, inside(named, 'label'), texts),
      ...condition(when, 'when'),
      ...condition(recommended, 'recommended'),
      actions: actions.map((action, index) => this.#action(action, env, inside(named, 'actions', index), texts)),
    };
  }

  #action(
    action: Record<string, Record<string, unknown>>,
    env: Environment,
    place: Place,
    texts: Readonly<Record<string, string>>,
  ): ActionDefinition {
    const [kind, value] = Object.entries(action)[0] ?? ['', {}];
    const at = inside(place, kind);
    const description = this.template(String(value.description), env, inside(at, 'description'), texts);
    if (kind === 'delete') return { kind: 'delete-orders', description };
    if (kind === 'rate') return { kind: 'rate-order', description, rating: String(value.rating) };
    return {
      kind: 'create',
      description,
      resource: this.#resource(value.resource, env, inside(at, 'resource'), texts),
    };
  }

  /** @param isRead whether people read what stands here; codes, systems and their displays are for software. */
  #resource(
    value: unknown,
    env: Environment,
    place: Place,
    texts: Readonly<Record<string, string>>,
    isRead = false,
  ): ResourceTemplate {
    if (typeof value === 'string') {
      const template = isRead ? this.template(value, env, place, texts) : this.#parse(value, env, place, texts);
      return { kind: 'template', template };
    }
    if (Array.isArray(value)) {
      return {
        kind: 'list',
        items: value.map((item, index) => this.#resource(item, env, inside(place, index), texts, isRead)),
      };
    }
    if (typeof value !== 'object' || value === null) return { kind: 'value', value: value as number | boolean | null };
    return {
      kind: 'object',
      members: Object.entries(value).map(
        ([name, item]) => [name, this.#resource(item, env, inside(place, name), texts, READ.has(name))] as const,
      ),
    };
  }

  get #tables() {
    return this.#conditions.tables;
  }

  #piece(content: string, env: Environment, place: Place, texts: Readonly<Record<string, string>>): Piece[] {
    const plural = PLURAL.exec(content);
    const [verb = '', ...words] = (plural?.[1] ?? content).trim().split(/\s+/);
    const forms = plural === null ? {} : { plural: [plural[2] ?? '', plural[3] ?? ''] as const };
    const [first = '', second] = words;
    switch (verb) {
      case 'order':
        return [{ kind: 'order' }];
      case 'number': {
        const parameter = this.#conditions.parameter(first, env, place);
        return parameter === undefined ? [] : [{ kind: 'number', value: parameter.value, ...forms }];
      }
      case 'mark': {
        const parameter = this.#conditions.parameter(first, env, place);
        return parameter === undefined ? [] : [{ kind: 'mark', standing: parameter.standing }];
      }
      case 'day': {
        if (first === '') return [{ kind: 'day' }];
        const parameter = this.#conditions.parameter(first, env, place);
        if (parameter === undefined) return [];
        if (isLength(parameter)) return [{ kind: 'day', ahead: { value: parameter.value, unit: parameter.unit } }];
        this.#tables.report(
          place,
          `"${parameter.name}" is in ${parameter.unit}; a length of time is in days, weeks, months or years`,
        );
        return [];
      }
      case 'fact':
        return this.#factPiece(first, second, forms, env, place);
      case 'figure': {
        const [id = '', figure = ''] = [
          first.slice(0, first.lastIndexOf('.')),
          first.slice(first.lastIndexOf('.') + 1),
        ];
        const source = this.#tables.find(this.#sources, id, 'source', place);
        if (source === undefined) return [];
        const value = this.#tables.find(new Map(Object.entries(source.figures)), figure, `figure of "${id}"`, place);
        return value === undefined ? [] : [{ kind: 'figure', value }];
      }
      case 'cite': {
        const source = this.#tables.find(this.#sources, first, 'source', place);
        return source === undefined ? [] : [{ kind: 'cite', source }];
      }
      case 'text': {
        this.#ownTexts += 1;
        const text =
          env === undefined
            ? ''
            : this.#tables.find(new Map(Object.entries(texts)), first, "entry of the card's texts", place);
        return text === undefined ? [] : [...this.template(text, env, place)];
      }
      default: {
        const known = ['order', 'number', 'mark', 'day', 'fact', 'figure', 'cite', 'text'];
        this.#tables.report(
          place,
          `"{{${content}}}" does not start with ${known.join(', ')}${didYouMean(verb, known)}`,
        );
        return [];
      }
    }
  }

  #factPiece(name: string, of: string | undefined, forms: object, env: Environment, place: Place): Piece[] {
    const fact = this.#conditions.fact(name, env, place);
    if (fact === undefined) return [];
    const known = [...Object.keys(fact.reader.measures), ...fact.reader.days, ...FACT_WORDS];
    const what = of ?? 'label';
    if (!known.includes(what)) {
      this.#tables.report(place, `"${name}" has no "${what}"${didYouMean(what, known)} (it has ${known.join(', ')})`);
      return [];
    }
    const names = what === 'names' ? fact.reader.names?.(fact.args) : undefined;
    if (Array.isArray(names)) for (const one of names) this.#tables.language.word(one, place);
    return [{ kind: 'fact', fact, of: what, ...forms }];
  }
}
