/** Loaded into the service by `--import`: SIGUSR2 collects the garbage and prints the bytes that are left, buffers included, and the seconds of CPU spent. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.stdout.write(`heap ${heapUsed + external} ${(user + system) / 1e6}\n`);
});
