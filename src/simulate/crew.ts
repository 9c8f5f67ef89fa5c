import { Worker } from 'node:worker_threads';
import { type Done, Hand, type Setup, type Task } from './job.ts';
import type { Pack } from './replay.ts';

/** Told how far a phase is: how much of all is done, and how many bytes or patients that was. */
export type Progress = (phase: string, share: number, amount: number, unit: 'bytes' | 'patients') => void;

/** What a thread tells. */
export type Told = { readonly bytes: number } | { readonly done: Done[Task['kind']] } | { readonly failed: string };

type Work = (task: Task, onBytes: (bytes: number) => void) => Promise<Done[Task['kind']]>;

/** Who does the work: this thread, and others beside it when more than one is asked for. What comes of it is the same. */
export class Crew {
  readonly #hands: readonly Work[];
  readonly #threads: readonly Worker[];

  /** @param packs those of the setup, which this thread has loaded; others load their own */
  constructor(setup: Setup, workers: number, packs: readonly Pack[]) {
    const hand = new Hand(setup, 'w0', packs);
    this.#threads = Array.from(
      { length: workers - 1 },
      (_, index) =>
        new Worker(new URL('./thread.js', import.meta.url), { workerData: { setup, name: `w${index + 1}` } }),
    );
    this.#hands = [
      (task, onBytes) => hand.work(task, onBytes),
      ...this.#threads.map(
        (thread): Work =>
          (task, onBytes) =>
            ask(thread, task, onBytes),
      ),
    ];
  }

  /** Does all tasks, each by whoever is free; `onDone` is told of each when it is done. */
  async do<K extends Task['kind']>(
    tasks: readonly (Task & { kind: K })[],
    onDone: (task: Task & { kind: K }, done: Done[K]) => void,
    onBytes: (bytes: number) => void = () => {},
  ): Promise<void> {
    const waiting = [...tasks];
    const keepWorking = async (work: Work) => {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift())
        onDone(task, (await work(task, onBytes)) as Done[K]);
    };
    await Promise.all(this.#hands.map(keepWorking));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

function ask(thread: Worker, task: Task, onBytes: (bytes: number) => void): Promise<Done[Task['kind']]> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      thread.off('message', hear).off('error', fail);
      settle();
    };
    const fail = (error: Error) => end(() => reject(error));
    const hear = (told: Told) => {
      if ('bytes' in told) onBytes(told.bytes);
      else if ('failed' in told) fail(new Error(told.failed));
      else end(() => resolve(told.done));
    };
    thread.on('message', hear).on('error', fail);
    thread.postMessage(task);
  });
}
