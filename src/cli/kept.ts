import { existsSync } from 'node:fs';
import type { Caller } from '../cds-hooks/types.ts';
import type { Config } from '../config.ts';
import { auditEventOf } from '../insights/audit-event.ts';
import { reportOn } from '../insights/build.ts';
import { feedbackCsv, feedbackHeader, feedbackLine } from '../insights/feedback-export.ts';
import { reasonCodes, suggestionFinder } from '../insights/names.ts';
import { type Asked, periodOf, readDays } from '../insights/period.ts';
import type { Report } from '../insights/report.ts';
import { reportCsv } from '../insights/report-csv.ts';
import { reportMarkdown } from '../insights/report-markdown.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/types.ts';
import { openStore, type StorePlace } from '../store/open.ts';
import type { Period, Store } from '../store/store.ts';
import { formatOf, type Options, readOptions, textOf } from './arguments.ts';
import { UsageError } from './explain.ts';

/** Where output goes; resolves when there is room for more. */
export type Write = (text: string) => Promise<void>;

/** A command over what the store keeps. */
export type KeptCommand = (args: readonly string[], config: Config, clock: () => Date, write: Write) => Promise<void>;

const PERIOD = ['weeks', 'since', 'until'] as const;
const FORMATS: Readonly<Record<'json' | 'csv' | 'md', (report: Report) => string>> = {
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  csv: reportCsv,
  md: reportMarkdown,
};

/** `insights [--format json|csv|md] [--weeks N | --since DAY [--until DAY]]`: what the cards did. */
export const insights: KeptCommand = async (args, config, clock, write) => {
  const options = readOptions(args, ['format', ...PERIOD]);
  const format = formatOf(options, ['md', 'json', 'csv']);
  const days = readDays(askedOf(options), clock(), config.timeZone);
  const knowledge = knowledgeOf(config);
  const report = await withStore(config, clock, (store) => reportOn(store, days, knowledge));
  await write(FORMATS[format](report));
};

/** `audit [--since DAY [--until DAY]]`: a FHIR AuditEvent a line for each call in scope. */
export const audit: KeptCommand = async (args, config, clock, write) => {
  const period = periodIn(readOptions(args, ['since', 'until']), config, clock);
  await withStore(config, clock, async (store) => {
    for await (const decision of store.decisions(period)) await write(`${JSON.stringify(auditEventOf(decision))}\n`);
  });
};

/** `feedback [--format csv|ndjson] [--since DAY [--until DAY]] [--comments]`: what doctors answered, an item a line. */
export const feedback: KeptCommand = async (args, config, clock, write) => {
  const options = readOptions(args, ['format', 'since', 'until'], ['comments']);
  const format = formatOf(options, ['csv', 'ndjson']);
  const withComment = options.comments === true;
  const knowledge = knowledgeOf(config);
  const nameOf = { suggestion: suggestionFinder(knowledge), standardReason: reasonCodes(knowledge).standardOf };
  const period = periodIn(options, config, clock);
  await withStore(config, clock, async (store) => {
    if (format === 'csv') await write(feedbackHeader(withComment));
    for await (const item of store.feedback(period)) {
      const line = feedbackLine(item, nameOf, withComment);
      await write(format === 'csv' ? feedbackCsv(line, withComment) : `${JSON.stringify(line)}\n`);
    }
  });
};

/** `erase --patient ID [--client ID] [--tenant ID]`: removes every decision about a patient and the feedback on its cards. */
export const erase: KeptCommand = async (args, config, clock, write) => {
  const options = readOptions(args, ['patient', 'client', 'tenant']);
  const patient = textOf(options, 'patient') ?? '';
  if (patient === '') throw new UsageError('--patient is missing: the FHIR id, without "Patient/"');
  if (patient.includes('/')) throw new UsageError('--patient takes the FHIR id alone, without "Patient/"');
  const [client = '', tenant = ''] = [textOf(options, 'client'), textOf(options, 'tenant')];
  await withStore(config, clock, async (store) => {
    const { decisions, feedback } = await store.erasePatient(store.patientHmac({ patient, client, tenant }));
    await write(`Erased ${count(decisions, 'decision')} and ${count(feedback, 'item')} of feedback.\n`);
    const other = decisions + feedback === 0 ? await otherCaller(store, { client, tenant }, clock) : undefined;
    if (other !== undefined) await write(`${erasedNothing({ client, tenant }, other)}\n`);
  });
};

/** A caller other than this one that the store knows, when there is one. */
async function otherCaller(store: Store, { client, tenant }: Caller, clock: () => Date): Promise<Caller | undefined> {
  for await (const other of store.decisions(everything(clock)))
    if (other.client !== client || other.tenant !== tenant) return { client: other.client, tenant: other.tenant };
  return undefined;
}

/** The same patient id is another patient with another client. */
const erasedNothing = (asked: Caller, other: Caller): string =>
  `Looked for this id ${callerText(asked)} only. The store has calls of others, for example ${callerText(other)}: ` +
  'say whose patient it is by --client and --tenant, or by neither for open mode.';

const callerText = ({ client, tenant }: Caller): string =>
  client === '' && tenant === '' ? 'in open mode' : `with --client '${client}'${tenant && ` --tenant '${tenant}'`}`;

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const askedOf = (options: Options): Asked =>
  Object.fromEntries(PERIOD.flatMap((name) => (options[name] === undefined ? [] : [[name, textOf(options, name)]])));

const everything = (clock: () => Date): Period => ({ since: new Date(0), until: new Date(clock().getTime() + 1) });

/** Everything up to now, unless told. */
function periodIn(options: Options, { timeZone }: Config, clock: () => Date): Period {
  const now = clock();
  if (options.since === undefined && options.until === undefined) return everything(clock);
  return periodOf(readDays(askedOf(options), now, timeZone));
}

const knowledgeOf = ({ cardsDir, codeSystemsOff, siteParameters }: Config): Knowledge =>
  loadKnowledge({
    dir: cardsDir,
    systemsOff: codeSystemsOff,
    ...(siteParameters !== undefined && { siteParameters }),
  });

async function withStore<T>(config: Config, clock: () => Date, work: (store: Store) => Promise<T>): Promise<T> {
  const { patientKey } = config;
  const store = await openStore(placeOf(config), { clock, ...(patientKey !== undefined && { patientKey }) });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A store that is read must be there: a wrong folder would be an empty one. */
function placeOf({ databaseUrl, dataDir }: Config): StorePlace {
  if (databaseUrl !== undefined) return { databaseUrl };
  if (!existsSync(dataDir)) throw new UsageError(`DATA_DIR: there is no store in ${dataDir}.`);
  return { dataDir };
}
