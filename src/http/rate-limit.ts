import type { ServerResponse } from 'node:http';
import { ipKeyGenerator, MemoryStore, type Options } from 'express-rate-limit';
import { RateLimited } from '../errors.ts';

const WINDOW_MS = 60_000;
const MS_PER_S = 1000;
/** So many calls an address may make in a minute without showing who it is; many clients may share an address. */
const MOST_FAILURES = 600;

/** Keeps one caller from taking the place of the others. The counts are those of this process. */
export interface Limits {
  /** @throws RateLimited when this address has failed too often to show who it is */
  readonly refuseFlood: (address: string) => Promise<void>;
  readonly countFailure: (address: string) => Promise<void>;
  /**
   * Counts a call of a client, and says in `RateLimit` headers what is left.
   *
   * @throws RateLimited when nothing is left
   */
  readonly countCall: (client: string, response: ServerResponse) => Promise<void>;
}

/** https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-06.html */
export function createLimits(callsPerMinute: number, clock: () => Date): Limits {
  const [failures, calls] = [countsOfMinute(), countsOfMinute()];
  const policy = `${callsPerMinute};w=${WINDOW_MS / MS_PER_S}`;
  return {
    refuseFlood: async (address) => {
      const known = await failures.get(ipKeyGenerator(address));
      if ((known?.totalHits ?? 0) >= MOST_FAILURES)
        throw new RateLimited('Too many calls without a valid token came from this address');
    },
    countFailure: async (address) => {
      await failures.increment(ipKeyGenerator(address));
    },
    countCall: async (client, response) => {
      const { totalHits, resetTime } = await calls.increment(client);
      const resetMs = resetTime === undefined ? WINDOW_MS : resetTime.getTime() - clock().getTime();
      response.setHeader('RateLimit-Policy', policy);
      response.setHeader('RateLimit-Limit', callsPerMinute);
      response.setHeader('RateLimit-Remaining', Math.max(0, callsPerMinute - totalHits));
      response.setHeader('RateLimit-Reset', Math.max(0, Math.ceil(resetMs / MS_PER_S)));
      if (totalHits > callsPerMinute) throw new RateLimited('This client makes too many calls');
    },
  };
}

function countsOfMinute(): MemoryStore {
  const counts = new MemoryStore();
  counts.init({ windowMs: WINDOW_MS } as Options);
  return counts;
}
