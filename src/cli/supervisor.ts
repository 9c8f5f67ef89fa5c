import cluster from 'node:cluster';
import type { Config } from '../config.ts';

/** Who starts and stops a serving process: whoever runs it, or the process that it is a worker of. */
export interface Supervisor {
  /** Says, in lines to print, that calls are taken. */
  readonly announce: (lines: readonly string[]) => void;
  readonly onStop: (stop: () => void) => void;
  readonly onReload: (reload: () => void) => void;
  /** The metrics of all workers together; absent where a process is alone. */
  readonly gatherMetrics?: () => Promise<string>;
}

/** What a worker tells the process that it is a worker of. */
export type Told = { readonly ready: readonly string[] } | { readonly wantsMetrics: number };
/** What a worker is told. */
export type Order = 'stop' | 'reload' | { readonly metricsFor: number; readonly text: string | undefined };

/** The supervisor of this process. */
export function supervisorFor(config: Pick<Config, 'workers'>, print: (line: string) => void): Supervisor {
  return cluster.isWorker && config.workers > 1 ? overWorker() : overProcess(print);
}

/** As often as they come: npm passes on to the service what a supervisor has sent to both. */
const onSignalsToEnd = (stop: () => void): void => {
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

const overProcess = (print: (line: string) => void): Supervisor => ({
  announce: (lines) => lines.forEach(print),
  onStop: onSignalsToEnd,
  onReload: (reload) => void process.on('SIGHUP', reload),
});

/** A signal may come to the worker itself too, as a terminal sends them to all. */
function overWorker(): Supervisor {
  const tell = (told: Told) => void process.send?.(told);
  const waiting = new Map<number, { resolve: (text: string) => void; reject: (error: Error) => void }>();
  let asked = 0;
  const onOrder = (order: Order, work: () => void) =>
    process.on('message', (message) => {
      if (message === order) work();
    });
  process.on('message', (message: Order) => {
    if (typeof message !== 'object' || !('metricsFor' in message)) return;
    const { metricsFor, text } = message;
    if (text === undefined) waiting.get(metricsFor)?.reject(new Error('the metrics of all workers could not be had'));
    else waiting.get(metricsFor)?.resolve(text);
    waiting.delete(metricsFor);
  });
  return {
    announce: (lines) => tell({ ready: lines }),
    onStop: (stop) => {
      onSignalsToEnd(stop);
      onOrder('stop', stop);
    },
    onReload: (reload) => {
      process.on('SIGHUP', () => {}); // whoever started the workers passes it on
      onOrder('reload', reload);
    },
    gatherMetrics: () =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        tell({ wantsMetrics: asked });
      }),
  };
}
