import type { KnowledgeFile } from '../files.ts';
import type { CardDefinition, SourceAttributes } from '../types.ts';
import type { Tables } from './tables.ts';

type Declared = SourceAttributes & {
  readonly cards?: Readonly<Record<string, Partial<Omit<SourceAttributes, 'developer' | 'funding'>>>>;
};

/** The source attributes of each card: what holds for all, and what the card itself declares. A pack may declare none. */
export function linkAttributes(
  file: KnowledgeFile | undefined,
  cards: readonly CardDefinition[],
  tables: Tables,
): ReadonlyMap<string, SourceAttributes> {
  if (file === undefined) return new Map();
  const { cards: own = {}, ...written } = file.value as Declared;
  const say = (text: string, ...path: string[]) => tables.language.say(text, { file, path });
  const said = <T extends Partial<SourceAttributes['uses']>>(uses: T, ...path: string[]): T =>
    Object.fromEntries(
      Object.entries(uses).map(([name, use]) => [name, use === false ? use : say(use, ...path, 'uses', name)]),
    ) as T;
  const shared = {
    ...written,
    developer: say(written.developer, 'developer'),
    funding: say(written.funding, 'funding'),
    uses: said(written.uses),
  };
  const byId = new Map(cards.map(({ id }) => [id, id]));
  for (const id of Object.keys(own)) tables.find(byId, id, 'card', { file, path: ['cards', id] });
  return new Map(
    cards.map(({ id }) => {
      const more = Object.hasOwn(own, id) ? own[id] : undefined;
      return [id, { ...shared, ...more, uses: { ...shared.uses, ...said(more?.uses ?? {}, 'cards', id) } }];
    }),
  );
}
