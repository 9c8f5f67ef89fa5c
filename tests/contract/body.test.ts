import { createServer, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidRequest } from '../../src/errors.ts';
import { readJson } from '../../src/http/body.ts';
import { aCall, aContext, type FakeApp, MAX_BODY_BYTES, post, readOutcome, startFakeApp } from './fake-app.ts';

let app: FakeApp;
beforeAll(async () => {
  app = await startFakeApp();
});
afterAll(() => app.close());

const url = (): string => `${app.url}/cds-services/both`;
const text = JSON.stringify(aCall());

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const nested = (levels: number): string => text.replace('{', `{"deep":${lists(levels - 1)},`);
const nestedContext = (levels: number): string =>
  text.replace('"context":{', `"context":{"deep":${lists(levels - 1)},`);

describe('the content type', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=UTF-8',
    'application/json;charset="utf-8"; x=y',
    'application/fhir+json',
    'application/vnd.example.v1+json',
  ])('[N-04] %s is taken', async (type) => {
    expect((await post(url(), text, { 'content-type': type })).status).toBe(200);
  });

  test.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/+json',
    'multipart/form-data',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'nonsense',
  ])('[N-04] %s: 415', async (type) => {
    const response = await post(url(), text, { 'content-type': type });
    expect(response.status).toBe(415);
    expect((await readOutcome(response)).issue[0]?.code).toBe('not-supported');
  });

  test('[N-04] none: 415', async () => {
    const response = await fetch(url(), { method: 'POST', body: new TextEncoder().encode(text) });
    expect(response.status).toBe(415);
  });
});

describe('the content', () => {
  test.each([
    ['empty', ''],
    ['blank', ' \n'],
    ['cut short', text.slice(0, -1)],
    ['followed by more', `${text}x`],
    ['single-quoted', "{'hook':'order-select'}"],
    ['with a trailing comma', `${text.slice(0, -1)},}`],
    ['null', 'null'],
    ['an array', '[]'],
    ['a string', '"order-select"'],
    ['a number', '17'],
    [
      'of invalid UTF-8',
      Buffer.concat([Buffer.from(text.slice(0, 9)), Buffer.from([0xff, 0xfe]), Buffer.from(text.slice(9))]),
    ],
    ['of UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['a context of 201 levels', nestedContext(201)],
    ['a context of 100,000 levels', nestedContext(100_000)],
    ['300,000 levels deep', nested(300_000)],
    ['deep and broken', '['.repeat(50_000)],
  ])('[N-03] %s: 400', async (_name, body) => {
    const response = await post(url(), body);
    expect(response.status).toBe(400);
    expect((await readOutcome(response)).issue[0]?.code).toBe('invalid');
  });

  test.each([
    ['a byte order mark', `\ufeff${text}`],
    ['duplicate keys', text.replace('{', '{"hook":"x",')],
    ['huge numbers', text.replace('{', `{"n":1e999,"m":${'9'.repeat(500)},`)],
    ['a context of 200 levels', nestedContext(200)],
    ['100,000 levels of what nobody asked for', nested(100_000)],
    ['brackets in strings', text.replace('{', `{"n":"${'['.repeat(300)}\\"${'{'.repeat(300)}",`)],
  ])('[N-03] [N-05] %s: 200', async (_name, body) => {
    expect((await post(url(), body)).status).toBe(200);
  });

  test('[N-08] a message on malformed JSON repeats nothing of it', async () => {
    const response = await post(url(), '{"patient": Jane Roe, "x": "at position 3"}');
    const answer = await response.text();
    expect(answer).toContain('not valid JSON');
    expect(answer).not.toMatch(/Jane|Roe|position 3/);
  });

  test('[N-05] thousands of entries are taken', async () => {
    const entry = Array.from({ length: 5000 }, (_, index) => ({
      resource: { resourceType: 'ServiceRequest', id: `${index}` },
    }));
    const body = aCall({ context: aContext({ draftOrders: { entry } }) });
    expect((await post(url(), body)).status).toBe(200);
  });
});

describe('the size', () => {
  const big = text.replace('{', `{"x":"${'x'.repeat(MAX_BODY_BYTES)}",`);

  test('[N-05] just below the limit: 200', async () => {
    const filler = 'x'.repeat(MAX_BODY_BYTES - text.length - '"x":"",'.length);
    expect((await post(url(), text.replace('{', `{"x":"${filler}",`))).status).toBe(200);
  });

  test('[N-05] beyond the limit: 413', async () => {
    const response = await post(url(), big);
    expect(response.status).toBe(413);
    expect((await readOutcome(response)).issue[0]?.code).toBe('too-long');
  });

  test('[N-05] [N-06] beyond the limit in chunks of undeclared size: 413, and the connection goes on', async () => {
    const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
    const send = (body: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
        const request = httpRequest(url(), { method: 'POST', agent, headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        });
        request.on('error', reject);
        request.end(body);
      });
    expect(await send(big + big)).toBe(413);
    expect(await send(text)).toBe(200);
    expect(await send('{')).toBe(400);
    expect(await send(text)).toBe(200);
    agent.destroy();
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('[N-05] %s is taken, and a bomb in it is a 413', async (coding, compress) => {
    const headers = { 'content-encoding': coding };
    expect((await post(url(), compress(text), headers)).status).toBe(200);
    expect((await post(url(), compress(text.replace('{', `{"x":"${'x'.repeat(50_000_000)}",`)), headers)).status).toBe(
      413,
    );
  });

  test('identity is taken', async () => {
    expect((await post(url(), text, { 'content-encoding': 'identity' })).status).toBe(200);
  });

  test.each(['zstd', 'compress', 'gzip, gzip', '__proto__'])('content coding %s: 415', async (coding) => {
    expect((await post(url(), text, { 'content-encoding': coding })).status).toBe(415);
  });

  test.each([
    ['not gzip at all', Buffer.from(text)],
    ['gzip cut short', gzipSync(text).subarray(0, -12)],
    ['damaged gzip', gzipSync(text).fill(0, 20, 60)],
  ])('[N-03] %s: 400', async (_name, body) => {
    expect((await post(url(), body, { 'content-encoding': 'gzip' })).status).toBe(400);
  });
});

describe('a client that goes away', () => {
  test.each(['', 'Content-Encoding: gzip\r\n'])('[N-06] half way through the body is dropped (%j)', async (header) => {
    const before = app.entries.length;
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(
      `POST /cds-services/both HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}Content-Length: 500\r\n\r\n`,
    );
    socket.write(header === '' ? text.slice(0, 50) : gzipSync(text).subarray(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.destroy();
    await expect.poll(() => app.entries.length).toBe(before + 1);
    expect(app.entries.at(-1)).toMatchObject({ route: '/cds-services/:id', status: 499 });
    expect((await post(url(), text)).status).toBe(200);
  });

  test.each(['', 'Content-Encoding: br\r\n'])('[N-06] ends the reading of the body (%j)', async (header) => {
    const server = createServer();
    const outcome = new Promise((resolve) => {
      server.on('request', (request) => readJson(request, 1000).then(resolve, resolve));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}Content-Length: 500\r\n\r\n`,
    );
    socket.end('{"a":');
    expect(await outcome).toBeInstanceOf(InvalidRequest);
    socket.destroy();
    server.close();
  });
});

test('[N-05] bodies that come in pieces at the same time are not mixed up', async () => {
  const server = createServer(async (request, response) => {
    response.end(JSON.stringify(await readJson(request, 2_000_000).catch(String)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const send = (body: Buffer, piece: number) =>
    new Promise<string>((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers }, async (response) => {
        resolve(Buffer.concat(await response.toArray()).toString());
      });
      request.on('error', reject);
      const next = (from: number): void => {
        if (from >= body.length) return void request.end();
        request.write(body.subarray(from, from + piece), () => setImmediate(next, from + piece));
      };
      next(0);
    });
  const bodies = Array.from({ length: 60 }, (_, index) => {
    const letters = index % 2 === 0 ? 'ab' : 'añ€😀';
    return JSON.stringify({ index, text: letters.repeat(2 + (index % 12) ** 4) });
  });
  const answers = await Promise.all(bodies.map((body, index) => send(Buffer.from(body), 997 + index * 501)));
  expect(answers.every((answer, index) => answer === bodies[index])).toBe(true);
  server.close();
});
