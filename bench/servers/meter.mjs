/** Loaded into every server by `--import`: tells whoever started it what it used up so far. */
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('message', (message) => {
  if (message === 'collect') collect();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const { active } = performance.eventLoopUtilization();
  process.send?.({ cpuMs: (user + system) / 1000, loopMs: active, rss, heapUsed });
});
