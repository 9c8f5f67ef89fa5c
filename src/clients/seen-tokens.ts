import { Unavailable } from '../errors.ts';
import type { AuthenticateDeps } from './authenticate.ts';

type InsertJti = AuthenticateDeps['insertJti'];

/** Token ids that one process remembers; beyond that the oldest go. */
const MOST = 100_000;

/**
 * Token ids of one use, also while the store is away: then this process goes by what it has seen itself, so that cards keep coming. A
 * token may then be used once more at another replica, until it expires or the store is back.
 */
export function surviveOutage(insertJti: InsertJti, clock: () => Date): InsertJti {
  const seen = new Map<string, number>();
  const isKnown = (key: string) => (seen.get(key) ?? Number.NEGATIVE_INFINITY) >= clock().getTime();
  const keep = (key: string, expires: Date) => {
    seen.set(key, expires.getTime());
    if (seen.size > MOST) for (const oldest of seen.keys()) return void seen.delete(oldest);
  };
  return async (issuer, jti, expires) => {
    const key = JSON.stringify([issuer, jti]);
    if (isKnown(key)) return false;
    try {
      const isFirst = await insertJti(issuer, jti, expires);
      if (isFirst) keep(key, expires);
      return isFirst;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (isKnown(key)) return false; // of two at once, the other was faster
      keep(key, expires);
      return true;
    }
  };
}
