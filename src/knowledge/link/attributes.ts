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
  const { cards: own = {}, ...shared } = file.value as Declared;
  const byId = new Map(cards.map(({ id }) => [id, id]));
  for (const id of Object.keys(own)) tables.find(byId, id, 'card', { file, path: ['cards', id] });
  return new Map(
    cards.map(({ id }) => {
      const more = Object.hasOwn(own, id) ? own[id] : undefined;
      return [id, { ...shared, ...more, uses: { ...shared.uses, ...more?.uses } }];
    }),
  );
}
