import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const WINDOW_MS = 500;
const NS_PER_MS = 1e6;
/** The median of fewer turns is the length of one of them. */
const FEWEST_TURNS = 3;

/** How long work has to wait for its turn. */
export interface EventLoopGauge {
  /** Median of the last half second, so that one long turn, such as a report or a collection of garbage, does not count. */
  readonly delayMs: () => number;
  readonly stop: () => void;
}

/**
 * The delay that a window tells of. One with a turn or two, which were long, counts only as far as the window before was slow too: otherwise
 * it is over by the time it is known.
 */
export const delayIn = (medianMs: number, turns: number, beforeMs: number): number =>
  turns < FEWEST_TURNS ? Math.min(medianMs, beforeMs) : medianMs;

/** Watches the event loop of this process. It costs a timer of 10 ms, and does not keep the process alive. */
export function watchEventLoop(): EventLoopGauge {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let delayMs = 0;
  let beforeMs = 0;
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // a reset takes one sample along: where there is none, all the time went by in a turn or two
    const medianMs = histogram.count === 0 ? now - lookedAt : histogram.percentile(50) / NS_PER_MS;
    delayMs = Math.max(0, delayIn(medianMs, histogram.count, beforeMs) - RESOLUTION_MS);
    beforeMs = medianMs;
    lookedAt = now;
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    delayMs: () => delayMs,
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
