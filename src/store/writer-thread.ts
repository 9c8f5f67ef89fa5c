import { Worker } from 'node:worker_threads';

/** A statement and its values, as kysely compiles it. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

type Job = { readonly kind: 'write'; readonly statements: readonly Statement[] } | { readonly kind: Order | 'close' };
type Order = 'checkpoint' | 'truncate';

interface Done {
  readonly id: number;
  readonly error?: { readonly message: string; readonly code?: string };
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The thread with the connection that syncs. Should the thread end, the next job starts another. */
export class WriterThread {
  readonly #file: string;
  readonly #busyMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(file: string, busyMs: number) {
    this.#file = file;
    this.#busyMs = busyMs;
  }

  /** One transaction; resolves when it is on the disk. */
  write(statements: readonly Statement[]): Promise<void> {
    return this.#post({ kind: 'write', statements });
  }

  do(order: Order): Promise<void> {
    return this.#post({ kind: order });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    await this.#send(worker, { kind: 'close' }).catch(() => undefined);
    await worker.terminate();
  }

  async #post(job: Job): Promise<void> {
    if (this.#isClosed) throw new Error('the writer thread is closed');
    return this.#send(this.#worker ?? this.#start(), job);
  }

  #send(worker: Worker, job: Job): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<void>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, ...job });
    });
  }

  #start(): Worker {
    const workerData = { file: this.#file, busyMs: this.#busyMs };
    const worker = new Worker(new URL('./durable-writer.js', import.meta.url), { workerData });
    worker.on('message', (done: Done) => this.#settle(worker, done));
    worker.on('error', (error) => this.#lose(worker, error as Error));
    worker.on('exit', () => this.#lose(worker, new Error('the writer thread has ended')));
    this.#worker = worker;
    return worker;
  }

  #settle(worker: Worker, { id, error }: Done): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) worker.unref(); // an idle thread keeps no process alive
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(Object.assign(new Error(error.message), { code: error.code }));
  }

  #lose(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost) reject(error);
  }
}
