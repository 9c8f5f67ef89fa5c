import type { RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, type Options, rateLimit } from 'express-rate-limit';
import { RateLimited } from '../errors.ts';
import { callerOf } from './service.ts';

const WINDOW_MS = 60_000;
/** So many calls an address may make in a minute without showing who it is; many clients may share an address. */
const MOST_FAILURES = 600;

/** Keeps one caller from taking the place of the others. The counts are those of this process. */
export interface Limits {
  /** @throws RateLimited when this address has failed too often to show who it is */
  readonly refuseFlood: (address: string) => Promise<void>;
  readonly countFailure: (address: string) => Promise<void>;
  /** Counts a call of the client that was admitted, says in `RateLimit` headers what is left, and ends in RateLimited when nothing is. */
  readonly countCall: RequestHandler;
}

/** https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-06.html */
export function createLimits(callsPerMinute: number): Limits {
  const failures = new MemoryStore();
  failures.init({ windowMs: WINDOW_MS } as Options);
  return {
    refuseFlood: async (address) => {
      const known = await failures.get(ipKeyGenerator(address));
      if ((known?.totalHits ?? 0) >= MOST_FAILURES)
        throw new RateLimited('Too many calls without a valid token came from this address');
    },
    countFailure: async (address) => {
      await failures.increment(ipKeyGenerator(address));
    },
    countCall: rateLimit({
      windowMs: WINDOW_MS,
      limit: callsPerMinute,
      standardHeaders: 'draft-6',
      legacyHeaders: false,
      keyGenerator: (_request, response) => callerOf(response).client,
      handler: (_request, _response, next) => next(new RateLimited('This client makes too many calls')),
    }),
  };
}
