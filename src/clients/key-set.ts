import { type Dispatcher, request } from 'undici';
import { limitedTo } from '../chart/fhir-agent.ts';
import type { KeySource } from './client.ts';
import { type Algorithm, importKeys, type VerificationKey } from './keys.ts';

const MS_PER_MINUTE = 60_000;
/** A set is fetched no more often than this, whatever is asked for. */
export const COOLDOWN_MS = 10_000;
/** As above, while no key is held. */
const COOLDOWN_WITHOUT_KEYS_MS = 1000;
/** A set as old as this is fetched anew while the old one serves on. */
export const RENEW_AFTER_MS = 5 * MS_PER_MINUTE;
/** A set as old as this serves on only when it cannot be fetched: a key that was taken out is out. */
export const CONFIRM_AFTER_MS = 60 * MS_PER_MINUTE;
/** A set that could not be confirmed for so long serves no more. */
export const KEEP_MS = 24 * 60 * MS_PER_MINUTE;
const FETCH_TIMEOUT_MS = 2000;
const MOST_BYTES = 200_000;

/** The public keys of one client. */
export interface KeySet {
  /** The keys with this id for this algorithm; usually one. Never rejects. */
  readonly find: (kid: string, alg: Algorithm) => Promise<readonly VerificationKey[]>;
}

/** What a key set is made with. */
export interface KeySetDeps {
  readonly clock: () => Date;
  /** Told, in words, that a set could not be had. */
  readonly report: (problem: string) => void;
}

/** The key set of a source: one that is written out never changes, one with a URL is fetched when it is needed and kept. */
export function openKeySet(source: KeySource, deps: KeySetDeps): KeySet {
  if ('url' in source) return new RemoteKeySet(source.url, deps);
  const keys = importKeys(source.jwks.keys);
  return { find: async (kid, alg) => select(await keys, kid, alg) };
}

const select = (keys: readonly VerificationKey[], kid: string, alg: Algorithm): VerificationKey[] =>
  keys.filter((key) => key.kid === kid && key.alg === alg);

/** Keys by URL. Any number of questions at once makes one fetch, and an outage of the host costs nothing while keys are kept. */
class RemoteKeySet implements KeySet {
  readonly #url: string;
  readonly #deps: KeySetDeps;
  #keys: readonly VerificationKey[] = [];
  #loadedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;
  /** For some minutes from then nobody waits for the next fetch, as long as there are keys. */
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(url: string, deps: KeySetDeps) {
    this.#url = url;
    this.#deps = deps;
  }

  async find(kid: string, alg: Algorithm): Promise<readonly VerificationKey[]> {
    if (this.#age > RENEW_AFTER_MS) {
      const isHostDown = this.#deps.clock().getTime() - this.#failedAt < RENEW_AFTER_MS;
      const renewed = this.#renew();
      if (this.#age > CONFIRM_AFTER_MS && !isHostDown) await renewed;
    }
    const known = this.#select(kid, alg);
    if (known.length > 0) return known;
    await this.#renew();
    return this.#select(kid, alg);
  }

  #select(kid: string, alg: Algorithm): VerificationKey[] {
    return this.#age > KEEP_MS ? [] : select(this.#keys, kid, alg);
  }

  get #age(): number {
    return this.#deps.clock().getTime() - this.#loadedAt;
  }

  /** Fetches the set, unless that was tried just now; joins a fetch under way. */
  #renew(): Promise<void> {
    if (this.#fetching !== undefined) return this.#fetching;
    const now = this.#deps.clock().getTime();
    const cooldown = this.#keys.length > 0 ? COOLDOWN_MS : COOLDOWN_WITHOUT_KEYS_MS;
    if (Math.abs(now - this.#triedAt) < cooldown) return Promise.resolve();
    this.#triedAt = now;
    this.#fetching = this.#load(now).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #load(now: number): Promise<void> {
    try {
      this.#keys = await importKeys(await fetchKeys(this.#url));
      this.#loadedAt = now;
      this.#failedAt = Number.NEGATIVE_INFINITY;
      if (this.#keys.length === 0) this.#deps.report('no key in its key set can be used');
    } catch (error) {
      this.#failedAt = now;
      this.#deps.report(`its key set cannot be had: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }
}

/** One fetch, within a time, a size and no redirects. https://www.rfc-editor.org/rfc/rfc7517#section-5 */
async function fetchKeys(url: string): Promise<readonly unknown[]> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  let answer: Dispatcher.ResponseData;
  let text: string;
  try {
    answer = await request(url, {
      dispatcher: limitedTo(MOST_BYTES),
      signal,
      headers: { accept: 'application/jwk-set+json, application/json', 'accept-encoding': 'identity' },
    });
    text = await answer.body.text();
  } catch {
    throw new Error(signal.aborted ? 'no answer in time' : 'no connection, or an answer that is too large');
  }
  if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
  const keys = readKeys(text);
  if (keys === undefined) throw new Error('not a JSON Web Key Set');
  return keys;
}

function readKeys(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined;
    return Array.isArray(keys) ? keys : undefined;
  } catch {
    return undefined;
  }
}
