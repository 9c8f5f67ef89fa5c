import { parseArgs } from 'node:util';
import { UsageError } from './explain.ts';

/** Options of a command, by name; `true` for a flag that is given. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Reads `--name value` and `--flag`.
 *
 * @throws UsageError for anything else
 */
export function readOptions(args: readonly string[], texts: readonly string[], flags: readonly string[] = []): Options {
  const options = Object.fromEntries([
    ...texts.map((name) => [name, { type: 'string' as const }]),
    ...flags.map((name) => [name, { type: 'boolean' as const }]),
  ]);
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values as Options;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'The arguments cannot be read');
  }
}

/** The text given for an option. */
export const textOf = (options: Options, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** One of the formats of a command; the first unless told. @throws UsageError */
export function formatOf<T extends string>(options: Options, formats: readonly [T, ...T[]]): T {
  const asked = textOf(options, 'format') ?? formats[0];
  const format = formats.find((one) => one === asked);
  if (format === undefined) throw new UsageError(`--format must be one of ${formats.join(', ')}`);
  return format;
}
