/** Limits of a queue. */
export interface QueueLimits {
  readonly maxWaiting: number;
  readonly maxBatch: number;
  readonly delayMs: number;
}

/** Collects items and sends them together, in order. What could not be sent stays, and goes with the next attempt. */
export class BatchQueue<T> {
  readonly #send: (items: readonly T[]) => Promise<void>;
  readonly #limits: QueueLimits;
  #waiting: T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(send: (items: readonly T[]) => Promise<void>, limits: QueueLimits) {
    this.#send = send;
    this.#limits = limits;
  }

  /** False when the queue is full, and the item not in it. */
  add(item: T): boolean {
    if (this.#waiting.length >= this.#limits.maxWaiting) return false;
    this.#waiting.push(item);
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), this.#limits.delayMs);
    return true;
  }

  /** Resolves when everything that waits now is sent; rejects with what `send` rejects with. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sending?.catch(() => undefined);
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (let left = this.#waiting.length; left > 0; ) {
      const batch = this.#waiting.slice(0, Math.min(left, this.#limits.maxBatch));
      await this.#send(batch);
      this.#waiting.splice(0, batch.length);
      left -= batch.length;
    }
  }
}
