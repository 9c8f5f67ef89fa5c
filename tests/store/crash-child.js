// The process that is killed, or whose disk is full: it writes and says on stdout what was acknowledged. It runs the built store,
// since a child process knows no TypeScript.
const [module = '', place = '{}', round = '0', patientKey = '', mode = 'load'] = process.argv.slice(2);
const { openStore } = await import(module);

const store = await openStore(JSON.parse(place), { clock: () => new Date(), patientKey });
const from = { client: 'crash', tenant: '' };
const now = new Date().toISOString();
process.stdout.write('ready\n');

/** @param {number} number */
async function decide(number) {
  const hookInstance = `${round}-${number}`;
  const card = { card: 'c', version: '1', orderClass: 'k', verdict: 'fires', disposition: 'shown', uuid: hookInstance };
  await store.recordDecision({
    ...from,
    time: new Date(),
    hookInstance,
    hook: 'order-select',
    service: 's',
    knowledge: 'k',
    patient: `patient-${number}`,
    orderClasses: ['k'],
    cards: [{ ...card, references: [] }],
    timings: {},
  });
  process.stdout.write(`d ${hookInstance} ${Date.now()}\n`);
}

/** @param {number} number */
async function answer(number) {
  const card = `${round}-${number}`;
  const item = { card, outcome: 'accepted', acceptedSuggestions: [], outcomeTimestamp: now };
  await store.recordFeedback([item, { ...item, card: `${card}-second` }], from);
  process.stdout.write(`f ${card}\nf ${card}-second\n`);
}

/** @param {(number: number) => Promise<void>} work */
async function repeat(work, pauseMs = 0) {
  for (let number = 0; ; number += 1) {
    await work(number);
    await new Promise((resolve) => (pauseMs === 0 ? setImmediate(resolve) : setTimeout(resolve, pauseMs)));
  }
}

let next = 0;
const takeNext = () => {
  next += 1;
  return answer(next);
};

if (mode === 'load') {
  // a queue has room for a burst, not for a writer that never rests
  const pauseMs = 'databaseUrl' in JSON.parse(place) ? 2 : 0;
  await Promise.all([repeat(decide, pauseMs), repeat(takeNext), repeat(takeNext), repeat(takeNext)]);
} else {
  const failure = await repeat(decide).catch((error) => error);
  process.stdout.write(`failed ${failure.name} ${store.isHealthy()} ${failure.message}\n`);
  // where a little room is left, the store's own trial may fit and a decision not
  while (
    !store.isHealthy() ||
    !(await decide(1_000_000).then(
      () => true,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 20));
  await takeNext();
  await store.close();
  process.stdout.write('recovered\n');
}
