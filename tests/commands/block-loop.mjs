/** Loaded into the service by `--import`: SIGUSR2 keeps its event loop busy for five seconds, in turns of 700 ms each. */
const TURN_MS = 700;
const ALL_MS = 5000;

/** @param {number} ms */
const spin = (ms) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

process.on('SIGUSR2', () => {
  const until = performance.now() + ALL_MS;
  const turn = () => {
    spin(TURN_MS);
    if (performance.now() < until) setImmediate(turn);
  };
  turn();
});
