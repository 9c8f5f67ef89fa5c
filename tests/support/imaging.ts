import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { Knowledge } from '../../src/knowledge/types.ts';

/** The pack with its draft about early lumbar imaging shown. */
export function withImaging(): Knowledge {
  const knowledge = loadKnowledge({ dir: 'cards' });
  const services = knowledge.services.map((service) => ({
    ...service,
    cards: service.cards.map((card) =>
      card.id === 'early-lumbar-mri' ? { ...card, status: 'active' as const } : card,
    ),
  }));
  return { ...knowledge, services };
}
