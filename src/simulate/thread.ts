import { parentPort, workerData } from 'node:worker_threads';
import type { Told } from './crew.ts';
import { Hand, type Setup, type Task } from './job.ts';

/** A thread that does what it is asked and tells what came of it. */

const TELL_EVERY = 1 << 22;
const { setup, name } = workerData as { setup: Setup; name: string };
const hand = new Hand(setup, name);
const tell = (told: Told): void => parentPort?.postMessage(told);

async function work(task: Task): Promise<void> {
  let untold = 0;
  const onBytes = (bytes: number) => {
    untold += bytes;
    if (untold < TELL_EVERY) return;
    tell({ bytes: untold });
    untold = 0;
  };
  const done = await hand.work(task, onBytes);
  tell({ bytes: untold });
  tell({ done });
}

parentPort?.on('message', (task: Task) => {
  work(task).catch((error: Error) => tell({ failed: error.stack ?? error.message }));
});
