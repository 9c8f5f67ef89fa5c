/** Loaded into every server by `--import`: tells whoever started it what it used up so far. */
import { Session } from 'node:inspector';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Between looks of the profiler. */
const LOOK_US = 250;
const session = new Session();
session.connect();

/** Time by place since `profile`, in microseconds: `file function`, or the function alone where it is Node's own. */
function timesByPlace() {
  /** @type {Record<string, number>} */
  const times = {};
  // answered at once: the session is of this very thread
  session.post('Profiler.stop', (_error, { profile: { nodes, samples = [], timeDeltas = [] } }) => {
    const places = new Map(nodes.map(({ id, callFrame: { url, functionName } }) => [id, `${url} ${functionName}`]));
    for (const [at, id] of samples.entries()) {
      const place = places.get(id) ?? '';
      times[place] = (times[place] ?? 0) + (timeDeltas[at] ?? 0);
    }
  });
  return times;
}

process.on('message', (message) => {
  if (message === 'profile') {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: LOOK_US });
    session.post('Profiler.start');
  }
  if (message === 'profiled') {
    process.send?.(timesByPlace());
    return;
  }
  if (message === 'collect') collect();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const { active } = performance.eventLoopUtilization();
  process.send?.({ cpuMs: (user + system) / 1000, loopMs: active, rss, heapUsed });
});
