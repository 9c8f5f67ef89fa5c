import { check, printPack } from './cli/check.ts';
import { explain, UsageError } from './cli/explain.ts';
import { exportKnowledge } from './cli/export.ts';
import { audit, erase, feedback, insights, type KeptCommand, type Write } from './cli/kept.ts';
import { serve } from './cli/serve.ts';
import { progressLine, runSimulate, SimulationProblem } from './cli/simulate.ts';
import { supervisorFor } from './cli/supervisor.ts';
import { serveByWorkers, wantsWorkers } from './cli/workers.ts';
import { ClientsProblems } from './clients/file.ts';
import { ConfigError, readConfig } from './config.ts';
import { ServiceError } from './errors.ts';
import { KnowledgeProblems } from './knowledge/problem.ts';

const USAGE = `rehab-first <command>

  serve                     answer CDS Hooks calls; settings come from the environment, see README.md
  check                     check the knowledge folder and run its vignettes
  check --print             print the whole knowledge folder as one Markdown document, to be read and signed
  explain <request.json> [YYYY-MM-DD]
                            say why each card fires or not for a hook request, as on that day
  export [--format bundle|ndjson]
                            the knowledge folder as FHIR R4: PlanDefinition, ActivityDefinition, ValueSet, Library
  simulate <folder> [--out DIR] [--what-if site.yaml] [--partition k/n] [--workers N] [--complete]
                    [--sample N] [--seed TEXT] [--keep-charts]
                            replay past orders of FHIR R4 files (bulk export or Bundles, packed or not) and report
                            what the cards would have done; see docs/simulate.md
  simulate merge <DIR>... [--out DIR]
                            make one report of all partitions
  simulate review <sample.csv>...
                            count the verdicts of a reviewed sample, a file for each reviewer

  of what the store keeps (DATA_DIR or DATABASE_URL):

  insights [--format md|json|csv] [--weeks N | --since YYYY-MM-DD [--until YYYY-MM-DD]]
                            say what the cards did and which should be looked at; 12 weeks unless told
  audit [--since YYYY-MM-DD [--until YYYY-MM-DD]]
                            a FHIR AuditEvent for each call in scope, one a line
  feedback [--format csv|ndjson] [--since YYYY-MM-DD [--until YYYY-MM-DD]] [--comments]
                            what doctors answered; comments, which may name patients, only when asked for
  erase --patient <FHIR id> [--client <id>] [--tenant <id>]
                            remove everything about a patient

  help, or --help after any command
                            this`;

const KEPT: Readonly<Record<string, KeptCommand>> = { insights, audit, feedback, erase };

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const write: Write = (text) =>
  process.stdout.write(text) ? Promise.resolve() : new Promise((resolve) => process.stdout.once('drain', resolve));
const clock = (): Date => new Date();
const progress = progressLine(clock, (text) => void process.stderr.write(text), process.stderr.isTTY);

async function run([command = 'serve', ...rest]: readonly string[]): Promise<number> {
  if (command === 'help' || [command, ...rest].includes('--help')) {
    print(USAGE);
    return 0;
  }
  const kept = Object.hasOwn(KEPT, command) ? KEPT[command] : undefined;
  if (kept !== undefined) {
    await kept(rest, readConfig(), clock, write);
    return 0;
  }
  switch (command) {
    case 'serve': {
      const config = readConfig();
      if (wantsWorkers(config)) serveByWorkers(config, print);
      else await serve(config, clock, supervisorFor(config, print));
      return 0;
    }
    case 'check':
      if (rest[0] === '--print') {
        printPack(readConfig(), print);
        return 0;
      }
      if (rest.length > 0) break;
      return check(readConfig(), print) ? 0 : 1;
    case 'explain': {
      const [file, day] = rest;
      if (file === undefined) break;
      await explain(file, day, readConfig(), clock, print);
      return 0;
    }
    case 'export':
      exportKnowledge(rest, readConfig(), print);
      return 0;
    case 'simulate':
      await runSimulate(rest, readConfig(), print, progress);
      return 0;
  }
  process.stderr.write(`${USAGE}\n`);
  return 2;
}

/** Faults of settings, cards and requests are told in their own words; anything else is ours and keeps its stack. */
function tell(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(tell).join('\n\n');
  if (error instanceof ConfigError) return `The settings have problems:\n${error.message}`;
  if ([KnowledgeProblems, ClientsProblems, UsageError, SimulationProblem].some((known) => error instanceof known))
    return (error as Error).message;
  if (error instanceof ServiceError)
    return [error.message, ...error.diagnostics.map(({ pointer = '', message }) => `  ${pointer} ${message}`)].join(
      '\n',
    );
  if (error instanceof Error && 'code' in error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// Whoever reads along, as `head` does, may stop reading.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  const code = await run(process.argv.slice(2));
  if (code !== 0) process.exitCode = code;
} catch (error) {
  process.exitCode = 1;
  // the line to whoever started this process as a worker would keep it alive
  process.stderr.write(`${tell(error)}\n`, () => {
    if (process.connected) process.exit();
  });
}
