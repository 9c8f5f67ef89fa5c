import { Unavailable } from '../errors.ts';
import { codeOf, type Engine } from './engine.ts';

/** Pauses between attempts to reach a database that failed; the last one repeats. */
const PROBE_AFTER_MS = [100, 250, 500, 1000];

/** What health asks for and tells. */
export interface HealthHooks {
  /** A write, carried out to its end. */
  readonly probe: () => Promise<void>;
  readonly recovered: () => void;
  /** Called with a sentence when the database stops working, and when it works again. */
  readonly report: (sentence: string) => void;
}

/**
 * Whether the database works. The first failure makes everything else fail at once, without waiting for time-outs, until a probe in
 * the background has carried out a write again.
 */
export class Health {
  readonly #engine: Engine;
  readonly #hooks: HealthHooks;
  #failure: unknown;
  #probes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(engine: Engine, hooks: HealthHooks) {
    this.#engine = engine;
    this.#hooks = hooks;
  }

  get isHealthy(): boolean {
    return this.#failure === undefined && !this.#isClosed;
  }

  get lastError(): string | undefined {
    if (this.#isClosed) return 'The store is closed.';
    if (this.#failure === undefined) return undefined;
    if (this.#failure instanceof Unavailable) return this.#failure.message;
    return `The database (${this.#engine.name}) does not work at the moment: ${codeOf(this.#failure)}.`;
  }

  /** @throws Unavailable when the database is known to fail, and when the work fails. */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isHealthy) throw this.#unavailable(this.#failure);
    try {
      return await work();
    } catch (error) {
      throw this.note(error);
    }
  }

  /** Takes down a failure, and gives it as others may see it. */
  note(error: unknown): Unavailable {
    if (this.#engine.isAboutData(error))
      return this.#unavailable(error, `The database refused a record: ${codeOf(error)}.`);
    if (this.#failure === undefined) {
      this.#failure = error;
      if (!this.#isClosed) this.#hooks.report(this.lastError ?? '');
    }
    this.#schedule();
    return this.#unavailable(error);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #unavailable(cause: unknown, message = this.lastError): Unavailable {
    if (cause instanceof Unavailable) return cause;
    const error = new Unavailable(message ?? 'The store does not work at the moment.');
    error.cause = cause;
    return error;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const after = PROBE_AFTER_MS[Math.min(this.#probes, PROBE_AFTER_MS.length - 1)];
    this.#probes += 1;
    this.#timer = setTimeout(() => void this.#try(), after);
    this.#timer.unref();
  }

  async #try(): Promise<void> {
    try {
      await this.#hooks.probe();
      this.#failure = undefined;
      this.#probes = 0;
    } catch (error) {
      this.#failure = error;
    }
    this.#timer = undefined;
    if (this.#isClosed) return;
    if (this.#failure !== undefined) return this.#schedule();
    this.#hooks.report(`The database (${this.#engine.name}) works again.`);
    this.#hooks.recovered();
  }
}
