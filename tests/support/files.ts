import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that a folder holds, by file name. */
export const filesOf = (dir: string): Record<string, string> =>
  Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'latin1')]));
