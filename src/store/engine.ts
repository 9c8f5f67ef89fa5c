import type { CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A database, and what the two kinds of it do differently. What it rejects with are the driver's own errors. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** Whether decisions are collected and sent together, instead of written one by one. */
  readonly isRemote: boolean;
  /** Brings the tables up to date. */
  migrate(): Promise<void>;
  /** Runs work that reads. */
  read<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** Whether one statement that reads, made with `build`, finds a row, as quickly as the engine can tell. */
  finds(build: (db: Kysely<Schema>) => CompiledQuery): Promise<boolean>;
  /** Runs work that writes: one statement or one transaction, since it is run again when another process was in the way. */
  write<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** One statement that writes, made with `build`, as quickly as the engine can; gives how many rows it changed. */
  change(build: (db: Kysely<Schema>) => CompiledQuery): Promise<number>;
  /** One transaction of statements made with `build`; resolves when it is on the disk or committed. */
  writeDurably(build: (db: Kysely<Schema>) => readonly CompiledQuery[]): Promise<void>;
  /** Leaves nothing of removed rows in the files, where the engine can. */
  scrub(): Promise<void>;
  /** Whether an error is about the values or the statement, so that trying again is of no use. */
  isAboutData(error: unknown): boolean;
  /** Whether only a change of settings can help. */
  isMisconfigured(error: unknown): boolean;
  close(): Promise<void>;
}

/** The `code` of a driver's error, or its name: fit for people, without values. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && code !== '' ? code : error.name;
}
