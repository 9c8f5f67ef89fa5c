import { createHmac } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { newId, newKey } from './random.ts';

const KEY_BYTES = 32;
const FILE = 'patient.key';

/** A key from its text: 32 bytes as 64 hexadecimal digits or as base64; undefined when it is neither. */
export function parseKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[0-9a-z+/_-]{43}=?$/i.test(trimmed)) return undefined;
  const key = Buffer.from(trimmed, 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}

/** The key kept beside the embedded database; made on first use, readable by its owner only. Two processes agree on one. */
export function keepKey(dir: string): Buffer {
  const file = join(dir, FILE);
  const kept = readKey(file);
  if (kept !== undefined) return kept;
  const draft = `${file}.${newId()}`;
  try {
    const fd = openSync(draft, 'wx', 0o600);
    writeSync(fd, `${newKey().toString('hex')}\n`);
    fsyncSync(fd);
    closeSync(fd);
    linkSync(draft, file); // unlike a rename, it never replaces the key of a faster process
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const key = readKey(file);
  if (key === undefined) throw new Error(`${file} has gone`);
  return key;
}

function readKey(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const key = parseKey(text);
  if (key === undefined) throw new Error(`${file} does not hold 32 bytes as hexadecimal digits or base64`);
  return key;
}

/** HMAC-SHA256 of the parts in hexadecimal digits. JSON keeps the parts apart: no two lists give the same text. */
export const hmacOf = (key: Buffer, ...parts: readonly unknown[]): string =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
