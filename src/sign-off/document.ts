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
import { conceptParts, unverifiedCodes, valueSetParts } from './codes.ts';
import { amount, Glossary } from './glossary.ts';
import { bullets, cell, code, section, table } from './markdown.ts';
import { lineText, templateText } from './wording.ts';
import type { Words } from './words.ts';

/**
 * A whole pack as one Markdown document for whoever signs it: cards, numbers, conditions, sources, codes, and what is still in
 * doubt. Two packs that decide or say anything differently give different documents.
 */
export function signOffDocument(knowledge: Knowledge): string {
  const glossary = new Glossary(knowledge);
  const { words } = glossary;
  const services = knowledge.services.map((service) => servicePart(service, glossary));
  const cards = [...knowledge.cards].sort(byRank).map((card) => cardPart(card, knowledge, glossary));
  const { parts } = words;
  return `${[
    `# ${words.title}`,
    words.about(code(knowledge.revision), knowledge.cards.length, knowledge.parameters.size, knowledge.sources.size),
    table(words.signature, [words.signature.map(() => '')]),
    section(parts.glance, glance(knowledge.cards, words)),
    section(parts.numbers, numbers([...knowledge.parameters.values()], knowledge.sources, words)),
    section(parts.services, ...services),
    section(parts.cards, ...cards),
    section(parts.attributes, ...sourceAttributes(knowledge, words)),
    section(parts.conditions, ...glossary.parts()),
    section(parts.reasons, reasons(knowledge.overrideReasons, words)),
    section(parts.sources, sources([...knowledge.sources.values()], words)),
    section(parts.concepts, ...conceptParts(knowledge, words)),
    section(parts.valueSets, ...valueSetParts(knowledge, words)),
    section(parts.doubts, ...doubts(knowledge, words)),
  ].join('\n\n')}\n`;
}

const byRank = (a: CardDefinition, b: CardDefinition): number =>
  a.orderClass.rank - b.orderClass.rank || (a.id < b.id ? -1 : 1);

const glance = (cards: readonly CardDefinition[], words: Words): string =>
  table(
    words.glance,
    [...cards]
      .sort(byRank)
      .map(({ id, title, version, status, orderClass, outcomes }) => [
        `[${cell(title)}](#${id}) ${code(id)}`,
        version,
        words.statuses[status],
        cell(orderClass.title),
        outcomes.map((outcome) => `${outcome.id} (${words.indicators[outcome.indicator]})`).join(', '),
      ]),
  );

const numbers = (parameters: readonly Parameter[], all: Knowledge['sources'], words: Words): string =>
  table(
    words.numbers,
    parameters.map((parameter) => {
      const { name, says, standing, cites } = parameter;
      return [
        code(name),
        valueText(parameter, all, words),
        boundsText(parameter, words.bounds),
        cell(says),
        words.standings[standing],
        sourcesText(cites, all),
      ];
    }),
  );

/** A number's value; what a site has set, with what it replaces. */
function valueText({ value, unit, replaces }: Parameter, all: Knowledge['sources'], words: Words): string {
  if (replaces === undefined) return amount({ value, unit }, words);
  const before = [
    amount({ value: replaces.value, unit }, words),
    sourcesText(replaces.cites, all) || words.standings[replaces.standing],
  ].join(', ');
  return `${amount({ value, unit }, words)} ${words.replaced(before)}`;
}

const sourcesText = (cites: readonly string[], all: Knowledge['sources']): string =>
  cites.map((id) => cell(all.get(id)?.label ?? id)).join('; ');

function servicePart({ id, hook, silence, caps, quietPeriod }: ServiceDefinition, glossary: Glossary): string {
  const { words } = glossary;
  const quiet = quietPeriod === undefined ? [] : [words.quiet(quietPeriod.value, code(quietPeriod.name))];
  return section(
    `${id} (${hook})`,
    ...quiet,
    words.silencesAll,
    bullets(silence.map((criterion) => glossary.mention(criterion))),
    words.lowersAll,
    bullets(caps.map((criterion) => glossary.mention(criterion))),
  );
}

function cardPart(card: CardDefinition, knowledge: Knowledge, glossary: Glossary): string {
  const { id, version, status, title, orderClass, when, silence, caps, outcomes } = card;
  const { words } = glossary;
  const named = (heading: string, conditions: CardDefinition['silence']) =>
    conditions.length === 0 ? [] : [heading, bullets(conditions.map((one) => glossary.mention(one)))];
  return section(
    id,
    `**${cell(title)}**: ${words.card(version, words.statuses[status], cell(orderClass.title))}`,
    words.applies,
    bullets([glossary.condition(when)]),
    ...named(words.silent, silence),
    ...named(words.lowered, caps),
    words.first,
    ...outcomeParts(outcomes, knowledge, glossary),
  );
}

/** Who stands behind the cards and which data about people they use; cards that declare the same stand together. */
function sourceAttributes({ attributes }: Knowledge, words: Words): string[] {
  const alike = new Map<string, { readonly one: SourceAttributes; readonly cards: string[] }>();
  for (const [card, one] of attributes) {
    const key = JSON.stringify(one);
    const group = alike.get(key) ?? { one, cards: [] };
    alike.set(key, group);
    group.cards.push(card);
  }
  if (alike.size === 0) return [words.noAttributes];
  return [...alike.values()].map(({ one, cards }) =>
    [
      words.attributesOf(cards.map(code).join(', ')),
      table(words.attributes, [
        [words.developer, cell(one.developer)],
        [words.funding, cell(one.funding)],
        [words.released, one.released],
        [words.revised, one.revised ?? words.notRevised],
        ...DECLARED_DATA.map((name) => [words.use(name), cell(one.uses[name] || words.notUsed)]),
      ]),
    ].join('\n\n'),
  );
}

/** Outcomes in order; what one says in the same words as an earlier one is not written again. */
function outcomeParts(outcomes: readonly Outcome[], { overrideReasons }: Knowledge, glossary: Glossary): string[] {
  const { words } = glossary;
  const saidBy = new Map<string, string>();
  return outcomes.map((outcome) => {
    const { id, when, indicator, summary, chart, evidence, why, suggestions, source } = outcome;
    const once = (heading: string, text: string): string[] => {
      if (text === '') return [];
      const key = `${heading}${text.startsWith('\n') ? '' : ' '}${text}`;
      const earlier = saidBy.get(key);
      if (earlier !== undefined) return [`${heading} ${words.outcome.as(earlier)}`];
      saidBy.set(key, id);
      return [key];
    };
    const said = (lines: Outcome['chart']) => listed(lines.map((line) => lineText(line, glossary)));
    const reasons = outcome.overrideReasons.map((reason) => overrideReasons.displays.get(reason) ?? reason);
    return [
      `**${id}** (${words.indicators[indicator]})`,
      bullets([
        when === undefined ? words.outcome.otherwise : words.outcome.when(glossary.condition(when)),
        `${words.outcome.says} “${templateText(summary, words)}” (${cell(source.label)})`,
        ...once(words.outcome.chart, said(chart)),
        ...once(words.outcome.evidence, said(evidence)),
        ...once(words.outcome.why, said(why)),
        ...once(words.outcome.suggests, listed(suggestions.map(({ label }) => `“${templateText(label, words)}”`))),
        ...once(words.outcome.override, reasons.map(cell).join(' · ')),
      ]),
    ].join('\n\n');
  });
}

/** What stands behind a heading: one thing beside it, several in a list below it. */
const listed = (texts: readonly string[]): string =>
  texts.length > 1 ? texts.map((text) => `\n  - ${text.replace(/;$/, '')}`).join('') : texts.join('');

const reasons = ({ displays, chartLacks, standard }: OverrideReasons, words: Words): string =>
  displays.size === 0
    ? words.none
    : table(
        [
          words.reasons.reason,
          words.reasons.says,
          standard.system === '' ? words.reasons.standard : cell(standard.system),
          words.reasons.lacks,
        ],
        [...displays].map(([reason, display]) => [
          code(reason),
          cell(display),
          standard.codes.get(reason) ?? '',
          chartLacks.includes(reason) ? words.yes : '',
        ]),
      );

const sources = (all: readonly CitedSource[], words: Words): string =>
  table(
    words.sources,
    all.map(({ label, url, says, grade = '', read }) => [
      url === undefined ? cell(label) : `[${cell(label)}](${url})`,
      cell(says),
      cell(grade),
      read === undefined ? '' : words.read[read],
    ]),
  );

function doubts(knowledge: Knowledge, words: Words): string[] {
  const parameters = [...knowledge.parameters.values()];
  const standing = (wanted: Parameter['standing']) =>
    parameters.filter((one) => one.standing === wanted).map(({ name, says }) => `${code(name)}: ${cell(says)}`);
  const part = (heading: string, items: readonly string[]) =>
    section(heading, items.length === 0 ? words.none : bullets(items));
  return [
    part(words.doubts.unverified, standing('unverified')),
    part(words.doubts['project-choice'], standing('project-choice')),
    part(words.doubts['site-choice'], standing('site-choice')),
    part(words.doubts.codes, unverifiedCodes(knowledge)),
  ];
}
