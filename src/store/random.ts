import { randomBytes, randomUUID } from 'node:crypto';

/** Name of a new record. */
export const newId = (): string => randomUUID();

/** A new 256-bit key. */
export const newKey = (): Buffer => randomBytes(32);
