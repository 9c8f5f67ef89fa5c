import CircuitBreaker from 'opossum';

const WINDOW_MS = 30_000;
/** One call reads about this many slices, so one unlucky call is not enough. */
const FEWEST_READS = 40;
const FAILURES_PERCENT = 50;
/** How long a server is left alone before one read tries it again. */
const REST_MS = 10_000;
/** In open mode the caller names the server, so their number needs a bound. */
const MOST_SERVERS = 200;

/** Runs one read of a FHIR server, or rejects with the code `EOPENBREAKER` at once while that server keeps failing. */
export type Guard = <T>(read: () => Promise<T>) => Promise<T>;

/** What a breaker tells of its server. */
export type ServerState = 'failing' | 'recovered';

/**
 * A guard for each FHIR server by name: one that keeps failing is left alone for a while, so that calls do not wait for nothing; the
 * others are not affected. `isOutage` tells failures of the server from answers that merely are not what was hoped for.
 */
export function createGuards(
  isOutage: (error: unknown) => boolean,
  tell: (server: string, state: ServerState) => void = () => {},
  restMs = REST_MS,
): (server: string) => Guard {
  const breakers = new Map<string, CircuitBreaker>();
  const open = (server: string): CircuitBreaker => {
    const breaker = new CircuitBreaker((read: () => Promise<unknown>) => read(), {
      timeout: false, // every read has the deadline of its call
      rollingCountTimeout: WINDOW_MS,
      volumeThreshold: FEWEST_READS,
      errorThresholdPercentage: FAILURES_PERCENT,
      resetTimeout: restMs,
      errorFilter: (error) => !isOutage(error),
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    });
    breaker.on('open', () => tell(server, 'failing'));
    breaker.on('close', () => tell(server, 'recovered'));
    return breaker;
  };
  const breakerOf = (server: string): CircuitBreaker => {
    const known = breakers.get(server);
    if (known !== undefined) return known;
    const [oldest] = breakers.keys();
    if (breakers.size >= MOST_SERVERS && oldest !== undefined) {
      breakers.get(oldest)?.shutdown();
      breakers.delete(oldest);
    }
    const breaker = open(server);
    breakers.set(server, breaker);
    return breaker;
  };
  return (server) => (read) => breakerOf(server).fire(read) as ReturnType<typeof read>;
}
