import { type KnowledgeOptions, loadKnowledge } from '../knowledge/load.ts';
import { type Grouped, Grouper, type Grouping } from './group.ts';
import type { Piece } from './input.ts';
import { type Judged, judgePart } from './judge.ts';
import { joinMedications } from './medications.ts';
import { type Pack, packOf } from './replay.ts';
import type { Share } from './shares.ts';

/** Everything that whoever works on a simulation is told at the start; plain data, so that it can go to a thread. */
export interface Setup {
  readonly folder: string;
  readonly dir: string;
  readonly share: Share;
  readonly parts: number;
  readonly types: readonly string[];
  readonly knowledge: KnowledgeOptions;
  /** A file of site parameters to compare with. */
  readonly whatIf?: string;
  readonly seed: string;
  readonly sampleSize: number;
}

/** One piece of work. */
export type Task =
  | { readonly kind: 'read'; readonly pieces: readonly { readonly number: number; readonly piece: Piece }[] }
  | { readonly kind: 'join'; readonly bucket: string }
  | { readonly kind: 'judge'; readonly part: number; readonly gaps: readonly string[] };

export interface Done {
  readonly read: Grouped;
  readonly join: undefined;
  readonly judge: Judged;
}

/** Does pieces of work, one after the other. Packs are loaded when the first part is judged. */
export class Hand {
  readonly #setup: Setup;
  readonly #name: string;
  readonly #grouping: Grouping;
  #packs: readonly Pack[] | undefined;

  /** @param name unlike that of any other hand at work */
  constructor(setup: Setup, name: string, packs?: readonly Pack[]) {
    this.#packs = packs;
    this.#setup = setup;
    this.#name = name;
    this.#grouping = { ...setup, types: new Set(setup.types) };
  }

  async work(task: Task, onBytes: (bytes: number) => void): Promise<Done[Task['kind']]> {
    switch (task.kind) {
      case 'read': {
        const grouper = new Grouper(this.#grouping, this.#name);
        for (const { number, piece } of task.pieces) await grouper.read(number, piece, onBytes);
        return grouper.done();
      }
      case 'join':
        joinMedications(this.#grouping, task.bucket);
        return undefined;
      case 'judge':
        this.#packs ??= packsOf(this.#setup);
        return judgePart(task.part, { ...this.#setup, packs: this.#packs, gaps: { types: new Set(task.gaps) } });
    }
  }
}

/** The pack, and the one it is compared with. @throws KnowledgeProblems */
export function packsOf({ knowledge, whatIf }: Pick<Setup, 'knowledge' | 'whatIf'>): [Pack, ...Pack[]] {
  const own = packOf(loadKnowledge(knowledge));
  return whatIf === undefined ? [own] : [own, packOf(loadKnowledge({ ...knowledge, siteParameters: whatIf }))];
}
