import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES, type Result, ResultWriter } from './result.ts';
import { WHOLE } from './shares.ts';
import { SimulationProblem } from './simulation-problem.ts';

/**
 * Makes one result of those of all shares; it is the very one that a run over all patients would have given.
 * @throws SimulationProblem when shares are missing, given twice, or of different simulations
 */
export async function mergeResults(folders: readonly string[], out: string): Promise<Result> {
  const shares = folders
    .map((folder) => ({ folder, result: readResult(folder) }))
    .sort((a, b) => a.result.share.k - b.result.share.k);
  const [first] = shares;
  if (first === undefined) throw new SimulationProblem('There is nothing to merge.');
  for (const { folder, result } of shares) {
    if (
      JSON.stringify(result.identity) !== JSON.stringify(first.result.identity) ||
      result.share.n !== first.result.share.n
    )
      throw new SimulationProblem(
        `${folder} is of another simulation than ${first.folder}: pack, seed, options and data must be the same.`,
      );
  }
  const { n } = first.result.share;
  const present = shares.map(({ result }) => result.share.k);
  const missing = Array.from({ length: n }, (_, index) => index + 1).filter((k) => !present.includes(k));
  if (missing.length > 0) throw new SimulationProblem(`Of ${n} shares these are missing: ${missing.join(', ')}.`);
  if (present.length > n) throw new SimulationProblem('A share is given twice.');

  const writer = new ResultWriter(out, first.result.identity, WHOLE);
  for (const { folder, result } of shares) {
    writer.add(result, '', '');
    for await (const text of bodyOf(join(folder, FILES.firings))) writer.append(text, '');
    for await (const text of bodyOf(join(folder, FILES.changes))) writer.append('', text);
  }
  return writer.done();
}

/** The result that a run has left in a folder. @throws SimulationProblem */
export function readResult(folder: string): Result {
  const file = join(folder, FILES.result);
  if (!existsSync(file))
    throw new SimulationProblem(`${folder} holds no ${FILES.result}: no simulation was finished there.`);
  return JSON.parse(readFileSync(file, 'utf8')) as Result;
}

/** A file without its first line, in pieces; nothing when it is not there. */
async function* bodyOf(path: string): AsyncGenerator<string> {
  if (!existsSync(path)) return;
  let inBody = false;
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const text = String(chunk);
    const from: number = inBody ? 0 : text.indexOf('\n') + 1;
    inBody ||= from > 0;
    if (inBody) yield text.slice(from);
  }
}
