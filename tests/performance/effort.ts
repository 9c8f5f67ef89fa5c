const ROUNDS = 9;
const TRIES = 3;

/** Something that is done again and again; gives how often it was done. */
export type Work = () => Promise<number>;

/** CPU of this process for each time that something is done. */
async function effort(work: Work): Promise<number> {
  const before = process.cpuUsage();
  const times = await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

/** How much more CPU one thing takes than another: the median over rounds in which each has its turn. */
export async function timesTheEffort(work: Work, base: Work): Promise<number> {
  await base();
  await work();
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [first, second] = round % 2 === 0 ? [base, work] : [work, base];
    const [one, other] = [await effort(first), await effort(second)];
    ratios.push(round % 2 === 0 ? other / one : one / other);
  }
  return ratios.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
}

/** The best of a few tries, and no more than it takes to get below `most`: other work on the machine disturbs a try now and then. */
export async function bestOfTries(most: number, attempt: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && best > most; tries += 1) best = Math.min(best, await attempt());
  return best;
}
