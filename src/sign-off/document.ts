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
import { link } from '../render/markdown.ts';
import { MARKS } from '../render/wording.ts';
import { conceptParts, unverifiedCodes, valueSetParts } from './codes.ts';
import { amount, Glossary } from './glossary.ts';
import { anchored, bullets, cell, code, section, table } from './markdown.ts';
import { lineText, templateText } from './wording.ts';
import { type Words, wordsFor } from './words.ts';

/** Those that anchors are made of. */
const ENGLISH = wordsFor('en');

/**
 * A whole pack as one Markdown document for whoever signs it: cards, numbers, conditions, sources, codes, and what is still in
 * doubt. Two packs that decide or say anything differently give different documents.
 */
export function signOffDocument(knowledge: Knowledge): string {
  const glossary = new Glossary(knowledge);
  const { words } = glossary;
  const services = knowledge.services.map((service) => servicePart(service, glossary));
  const cards = [...knowledge.cards].sort(byRank).map((card) => cardPart(card, knowledge, glossary));
  const part = (name: keyof Words['parts'], ...within: readonly string[]) =>
    anchored(ENGLISH.parts[name], words.parts[name], ...within);
  return `${[
    `# ${words.title}`,
    words.about(code(knowledge.revision), knowledge.cards.length, knowledge.parameters.size, knowledge.sources.size),
    table(words.signature, [words.signature.map(() => '')]),
    part('glance', glance(knowledge.cards, words)),
    part('numbers', numbers(knowledge, words)),
    part('services', ...services),
    part('cards', ...cards),
    part('attributes', ...sourceAttributes(knowledge, words)),
    part('conditions', ...glossary.parts()),
    part('reasons', reasons(knowledge.overrideReasons, words)),
    part('sources', sources([...knowledge.sources.values()], words)),
    part('concepts', ...conceptParts(knowledge, words)),
    part('valueSets', ...valueSetParts(knowledge, words)),
    part('doubts', ...doubts(knowledge, words)),
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

const numbers = (knowledge: Knowledge, words: Words): string =>
  table(
    words.numbers,
    [...knowledge.parameters.values()].map((parameter) => {
      const { name, says, standing, cites } = parameter;
      return [
        code(name),
        valueText(parameter, knowledge, words),
        boundsText(parameter, words.bounds),
        cell(says),
        standingText(standing, knowledge, words),
        sourcesText(cites, knowledge),
      ];
    }),
  );

/** A number's value; what a site has set, with what it replaces. */
function valueText({ value, unit, replaces }: Parameter, knowledge: Knowledge, words: Words): string {
  if (replaces === undefined) return amount({ value, unit }, words);
  const before = [
    amount({ value: replaces.value, unit }, words),
    sourcesText(replaces.cites, knowledge) || standingText(replaces.standing, knowledge, words),
  ].join(', ');
  return `${amount({ value, unit }, words)} ${words.replaced(before)}`;
}

/** What no source gives stands out, in the words that cards mark it with. */
const standingText = (standing: Parameter['standing'], { headings }: Knowledge, words: Words): string =>
  standing === 'sourced' ? words.standings.sourced : `**${headings[MARKS[standing]]}**`;

const sourcesText = (cites: readonly string[], { sources }: Knowledge): string =>
  cites.map((id) => sourceText(sources.get(id) ?? { label: id })).join('; ');

const sourceText = ({ label, url }: Pick<CitedSource, 'label' | 'url'>): string =>
  url === undefined ? cell(label) : link(cell(label), url);

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
    all.map((source) => [
      sourceText(source),
      cell(source.says),
      cell(source.grade ?? ''),
      source.read === undefined ? '' : words.read[source.read],
    ]),
  );

function doubts(knowledge: Knowledge, words: Words): string[] {
  const parameters = [...knowledge.parameters.values()];
  const standing = (wanted: Parameter['standing']) =>
    parameters.filter((one) => one.standing === wanted).map(({ name, says }) => `${code(name)}: ${cell(says)}`);
  const part = (name: keyof Words['doubts'], items: readonly string[]) =>
    anchored(ENGLISH.doubts[name], words.doubts[name], items.length === 0 ? words.none : bullets(items));
  return [
    part('unverified', standing('unverified')),
    part('project-choice', standing('project-choice')),
    part('site-choice', standing('site-choice')),
    part('codes', unverifiedCodes(knowledge)),
  ];
}
