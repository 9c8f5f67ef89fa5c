/** Calls are shed while work waits longer than this for its turn. A call takes a few turns; doctors wait for it. */
export const MOST_DELAY_MS = 250;

/**
 * Says of each call whether to shed it. Beyond the limit the share that is let through is (limit / delay)²: the longer work waits the
 * fewer calls get in, so that those that do are answered in time, and none has to wait for the rest to be over.
 */
export function shedAbove(delayMs: () => number, limitMs = MOST_DELAY_MS): () => boolean {
  let admissible = 0;
  return () => {
    const delay = delayMs();
    if (delay <= limitMs) return false;
    admissible += (limitMs / delay) ** 2;
    if (admissible < 1) return true;
    admissible -= 1;
    return false;
  };
}
