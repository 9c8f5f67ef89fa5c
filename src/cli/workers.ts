import cluster, { type Worker } from 'node:cluster';
import { pino } from 'pino';
import { type Config, ConfigError } from '../config.ts';
import { gatherMetrics } from '../metrics/metrics.ts';
import type { Order, Told } from './supervisor.ts';

/** Before another one takes the place of a worker that ended, so that one that cannot live does not keep the machine busy. */
const AGAIN_MS = 1000;

/** Whether this process should serve by workers, and is not one of them. */
export const wantsWorkers = ({ workers }: Pick<Config, 'workers'>): boolean => workers > 1 && cluster.isPrimary;

/**
 * Serves by several processes on one port, which share a PostgreSQL store. One that ends is replaced; SIGTERM and SIGINT drain all,
 * and SIGHUP has all read their clients again. The first one is started alone: what keeps it from starting is told once, and the
 * others find the tables up to date.
 *
 * @throws ConfigError with the embedded store
 */
export function serveByWorkers(config: Config, print: (line: string) => void): void {
  if (config.databaseUrl === undefined)
    throw new ConfigError([
      'WORKERS: the embedded store is for one process. Name a PostgreSQL server in DATABASE_URL, which all workers share, or leave WORKERS unset.',
    ]);
  const logger = pino({ level: config.logLevel, base: { service: 'rehab-first' } });
  const metrics = gatherMetrics();
  const ready = new Set<Worker>();
  let [isUp, isStopping, exitCode] = [false, false, 0];

  const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const order = (worker: Worker, message: Order) => {
    if (worker.isConnected()) worker.send(message);
  };
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    // one that is not ready does not listen yet
    for (const worker of workers()) ready.has(worker) ? order(worker, 'stop') : worker.process.kill('SIGTERM');
    if (workers().length === 0) process.exit(exitCode);
  };
  const takeUp = (worker: Worker, lines: readonly string[]) => {
    ready.add(worker);
    logger.info({ pid: worker.process.pid }, 'a worker is ready');
    if (isUp) return;
    if (ready.size === 1) for (let others = 1; others < config.workers; others += 1) cluster.fork();
    if (ready.size < config.workers) return;
    isUp = true;
    lines.forEach(print);
  };

  cluster.on('message', (worker, told: Told) => {
    if ('ready' in told) takeUp(worker, told.ready);
    if ('wantsMetrics' in told) {
      const { wantsMetrics: metricsFor } = told;
      metrics().then(
        (text) => order(worker, { metricsFor, text }),
        () => order(worker, { metricsFor, text: undefined }),
      );
    }
  });
  cluster.on('exit', (worker, code, signal) => {
    ready.delete(worker);
    if (isStopping) {
      if (code !== 0) exitCode = 1;
      if (workers().length === 0) process.exit(exitCode);
    } else if (isUp) {
      logger.error({ pid: worker.process.pid, code, signal }, 'a worker has ended, and another one takes its place');
      setTimeout(() => isStopping || cluster.fork(), AGAIN_MS);
    } else {
      exitCode = 1; // it has said why
      stop();
    }
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => {
    for (const worker of ready) order(worker, 'reload');
  });
  cluster.fork();
}
