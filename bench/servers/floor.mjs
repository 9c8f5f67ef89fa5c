/**
 * What a call costs in a plain server with everything that the service promises but its judgement: the body parsed, a line of log, counts, safe headers, and
 * for a call in scope a card of 8 KB written out, one look-up and one row in SQLite. It says the same to all.
 */
import { isAscii } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import pino from 'pino';
import { Histogram, Registry } from 'prom-client';
import { cardOf } from './fixed-card.mjs';

const HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Access-Control-Allow-Origin': '*',
  'Content-Security-Policy': "default-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};
const NOTHING = { cards: [] };
const CARD = cardOf(8192);
const ROW_BYTES = 600;

const dir = mkdtempSync(join(tmpdir(), 'rehab-first-bench-floor-'));
const db = new Libsql(join(dir, 'floor.db'));
db.exec('pragma journal_mode = wal');
db.exec('pragma synchronous = normal');
db.exec('pragma secure_delete = on');
db.exec('create table decision (id text primary key, time integer, patient text, card text, record text)');
db.exec('create index decision_patient on decision (patient)');
db.exec('create index decision_card on decision (card)');
db.exec('create table feedback (id text primary key, patient text, answered integer)');
db.exec('create index feedback_patient on feedback (patient, answered)');
const insert = db.prepare('insert into decision values (?, ?, ?, ?, ?)');
const look = db.prepare('select id from feedback where patient = ? and answered >= ? limit 1');
const record = 'x'.repeat(ROW_BYTES);

const log = pino(pino.destination({ sync: false, minLength: 0 }));
const registers = [new Registry()];
const seconds = new Histogram({ name: 'seconds', help: 'Seconds', labelNames: ['status'], registers });

const server = createServer((request, response) => {
  const startedAt = performance.now();
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const bytes = Buffer.concat(chunks);
    const body = JSON.parse(bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8'));
    if (typeof body.hook !== 'string') response.statusCode = 400;
    const isInScope = request.url === '/in-scope';
    if (isInScope) {
      const { patientId } = body.context;
      look.get([patientId, Date.now()]);
      insert.run([randomUUID(), Date.now(), patientId, randomUUID(), record]);
    }
    const answer = JSON.stringify(isInScope ? CARD : NOTHING);
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    response.setHeader('Content-Length', Buffer.byteLength(answer));
    response.end(answer);
  });
  response.once('close', () => {
    const ms = performance.now() - startedAt;
    seconds.observe({ status: response.statusCode }, ms / 1000);
    log.info({ method: request.method, route: '/cds-services/:id', status: response.statusCode, ms });
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`ready at http://127.0.0.1:${port}`);
});
process.on('SIGTERM', () => {
  db.close();
  rmSync(dir, { recursive: true, force: true });
  process.exit(0);
});
