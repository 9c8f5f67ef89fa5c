import { boundsText } from '../knowledge/bounds.ts';
import {
  type CardDefinition,
  type CitedSource,
  DECLARED_DATA,
  type Knowledge,
  type Outcome,
  type OverrideReasons,
  type Parameter,
  type ServiceDefinition,
  type SourceAttributes,
} from '../knowledge/types.ts';
import type { ValueSet } from '../terminology/terminology.ts';
import { Glossary } from './glossary.ts';
import { bullets, cell, code, section, table } from './markdown.ts';
import { lineText, templateText } from './wording.ts';

/**
 * A whole pack as one Markdown document for whoever signs it: cards, numbers, conditions, sources, codes, and what is still in
 * doubt. Two packs that decide or say anything differently give different documents.
 */
export function signOffDocument(knowledge: Knowledge): string {
  const glossary = new Glossary();
  const services = knowledge.services.map((service) => servicePart(service, glossary));
  const cards = [...knowledge.cards].sort(byRank).map((card) => cardPart(card, knowledge, glossary));
  return `${[
    '# Knowledge for sign-off',
    `Revision \`${knowledge.revision}\`: ${knowledge.cards.length} cards, ${knowledge.parameters.size} numbers, ${knowledge.sources.size} sources.`,
    table(['read by', 'role', 'date', 'signature'], [['', '', '', '']]),
    section('Cards at a glance', glance(knowledge.cards)),
    section('Numbers', numbers([...knowledge.parameters.values()], knowledge.sources)),
    section('What holds for every card', ...services),
    section('Cards', ...cards),
    section('Source attributes', ...sourceAttributes(knowledge)),
    section('Conditions by name', ...glossary.parts()),
    section('Override reasons', reasons(knowledge.overrideReasons)),
    section('Sources', sources([...knowledge.sources.values()])),
    section('Codes', codes(valueSetsOf(knowledge))),
    section('Open doubts', ...doubts(knowledge)),
  ].join('\n\n')}\n`;
}

const byRank = (a: CardDefinition, b: CardDefinition): number =>
  a.orderClass.rank - b.orderClass.rank || (a.id < b.id ? -1 : 1);

const glance = (cards: readonly CardDefinition[]): string =>
  table(
    ['card', 'version', 'status', 'about', 'outcomes'],
    [...cards]
      .sort(byRank)
      .map(({ id, version, status, orderClass, outcomes }) => [
        `[${id}](#${id})`,
        version,
        status,
        cell(orderClass.title),
        outcomes.map((outcome) => `${outcome.id} (${outcome.indicator})`).join(', '),
      ]),
  );

const numbers = (parameters: readonly Parameter[], all: Knowledge['sources']): string =>
  table(
    ['number', 'value', 'may be', 'decides', 'standing', 'source'],
    parameters.map((parameter) => {
      const { name, says, standing, cites } = parameter;
      return [
        code(name),
        valueText(parameter, all),
        boundsText(parameter),
        cell(says),
        standing,
        sourcesText(cites, all),
      ];
    }),
  );

/** A number's value; what a site has set, with what it replaces. */
function valueText({ value, unit, replaces }: Parameter, all: Knowledge['sources']): string {
  const inUnit = (one: number) => `${one} ${unit === '{score}' ? '' : unit}`.trim();
  if (replaces === undefined) return inUnit(value);
  const before = [inUnit(replaces.value), sourcesText(replaces.cites, all) || replaces.standing].join(', ');
  return `${inUnit(value)} (pack: ${before})`;
}

const sourcesText = (cites: readonly string[], all: Knowledge['sources']): string =>
  cites.map((id) => cell(all.get(id)?.label ?? id)).join('; ');

function servicePart({ id, hook, silence, caps, quietPeriod }: ServiceDefinition, glossary: Glossary): string {
  const quiet =
    quietPeriod === undefined
      ? []
      : [`Quiet for ${quietPeriod.value} days after an answer (${code(quietPeriod.name)}).`];
  return section(
    `${id} (${hook})`,
    ...quiet,
    'Silences the whole call:',
    bullets(silence.map((criterion) => glossary.mention(criterion))),
    'Lowers every card to information:',
    bullets(caps.map((criterion) => glossary.mention(criterion))),
  );
}

function cardPart(card: CardDefinition, knowledge: Knowledge, glossary: Glossary): string {
  const { id, version, status, title, orderClass, when, silence, caps, outcomes } = card;
  const named = (heading: string, conditions: CardDefinition['silence']) =>
    conditions.length === 0 ? [] : [heading, bullets(conditions.map((one) => glossary.mention(one)))];
  return section(
    id,
    `**${cell(title)}**: version ${version}, ${status}; for orders of ${cell(orderClass.title)}.`,
    'Applies when:',
    bullets([glossary.condition(when)]),
    ...named('Silent when:', silence),
    ...named('Lowered to information when:', caps),
    'The first outcome that fits:',
    ...outcomeParts(outcomes, knowledge, glossary),
  );
}

/** Who stands behind the cards and which data about people they use; cards that declare the same stand together. */
function sourceAttributes({ attributes }: Knowledge): string[] {
  const alike = new Map<string, { readonly one: SourceAttributes; readonly cards: string[] }>();
  for (const [card, one] of attributes) {
    const key = JSON.stringify(one);
    const group = alike.get(key) ?? { one, cards: [] };
    alike.set(key, group);
    group.cards.push(card);
  }
  if (alike.size === 0) return ['None declared.'];
  return [...alike.values()].map(({ one, cards }) =>
    [
      `For ${cards.map(code).join(', ')}; the citations are those of each card.`,
      table(
        ['attribute', 'declared'],
        [
          ['developer', cell(one.developer)],
          ['funding', cell(one.funding)],
          ['released', one.released],
          ['revised', one.revised ?? 'not since'],
          ...DECLARED_DATA.map((name) => [`use of ${name.replaceAll('-', ' ')}`, cell(one.uses[name] || 'not used')]),
        ],
      ),
    ].join('\n\n'),
  );
}

/** Outcomes in order; what one says in the same words as an earlier one is not written again. */
function outcomeParts(outcomes: readonly Outcome[], { overrideReasons }: Knowledge, glossary: Glossary): string[] {
  const saidBy = new Map<string, string>();
  return outcomes.map((outcome) => {
    const { id, when, indicator, summary, chart, evidence, why, suggestions, source } = outcome;
    const once = (heading: string, text: string): string[] => {
      if (text === '') return [];
      const key = `${heading} ${text}`;
      const earlier = saidBy.get(key);
      if (earlier !== undefined) return [`${heading} as in ${earlier}`];
      saidBy.set(key, id);
      return [key];
    };
    const said = (lines: Outcome['chart']) => lines.map((line) => lineText(line, glossary)).join(' ');
    const reasons = outcome.overrideReasons.map((reason) => overrideReasons.displays.get(reason) ?? reason);
    return [
      `**${id}** (${indicator})`,
      bullets([
        when === undefined ? 'otherwise' : `when ${glossary.condition(when)}`,
        `says: “${templateText(summary)}” (${cell(source.label)})`,
        ...once('in the chart:', said(chart)),
        ...once('evidence:', said(evidence)),
        ...once('why:', said(why)),
        ...once('suggests:', suggestions.map(({ label }) => `“${templateText(label)}”`).join(', ')),
        ...once('override:', reasons.map(cell).join(' · ')),
      ]),
    ].join('\n\n');
  });
}

const reasons = ({ displays, chartLacks, standard }: OverrideReasons): string =>
  displays.size === 0
    ? 'None.'
    : table(
        [
          'reason',
          'says',
          standard.system === '' ? 'standard code' : cell(standard.system),
          'the chart lacks something',
        ],
        [...displays].map(([reason, display]) => [
          code(reason),
          cell(display),
          standard.codes.get(reason) ?? '',
          chartLacks.includes(reason) ? 'yes' : '',
        ]),
      );

const sources = (all: readonly CitedSource[]): string =>
  table(
    ['source', 'says', 'grade', 'read'],
    all.map(({ label, url, says, grade = '', read = '' }) => [
      url === undefined ? cell(label) : `[${cell(label)}](${url})`,
      cell(says),
      grade,
      read,
    ]),
  );

const valueSetsOf = ({ terminology }: Knowledge): ValueSet[] =>
  [...new Map([...terminology.concepts.values()].flatMap(({ valueSets }) => valueSets).map((one) => [one.name, one]))]
    .map(([, valueSet]) => valueSet)
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const codes = (valueSets: readonly ValueSet[]): string =>
  table(
    ['value set', 'title', 'codes', 'stems', 'not verified'],
    valueSets.map((one) => [
      code(one.name),
      cell(one.title),
      String(one.codes.size),
      String(one.stems.length),
      String(unverified(one).length),
    ]),
  );

const unverified = ({ codes: all, stems }: ValueSet): string[] => [
  ...[...all].flatMap(([key, { verified, display }]) => (verified ? [] : [`${code(key)} ${cell(display)}`.trim()])),
  ...stems.flatMap(({ system, pattern, verified }) => (verified ? [] : [code(`${system} ${pattern.source}`)])),
];

function doubts(knowledge: Knowledge): string[] {
  const parameters = [...knowledge.parameters.values()];
  const standing = (wanted: Parameter['standing']) =>
    parameters.filter((one) => one.standing === wanted).map(({ name, says }) => `${code(name)}: ${cell(says)}`);
  const part = (heading: string, items: readonly string[]) =>
    section(heading, items.length === 0 ? 'None.' : bullets(items));
  return [
    part('Numbers quoted and not seen in an opened source', standing('unverified')),
    part('Numbers that no source gives', standing('project-choice')),
    part('Numbers that this site has set', standing('site-choice')),
    part(
      'Codes that no public source was seen to confirm',
      valueSetsOf(knowledge).flatMap((one) => unverified(one).map((text) => `${text} (${one.name})`)),
    ),
  ];
}
