import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { InvalidRequest, Overloaded, TooLarge, UnsupportedMediaType } from '../errors.ts';

const MAX_DEPTH = 200;
/** Of bodies up to this size no nesting takes long to parse; looking for it would take a third of the time that parsing does. */
const SMALL_BYTES = 256 * 1024;

const decompressors: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** Asked for each piece of a body whether there is room for so many bytes. */
export type TakeRoom = (bytes: number) => boolean;

/**
 * The JSON value in a request's body. `limitBytes` holds for the body as sent and as decompressed. No message repeats
 * anything of the body.
 *
 * @throws UnsupportedMediaType when it is not declared as JSON in UTF-8, or is in an unknown content coding
 * @throws TooLarge beyond the limit
 * @throws InvalidRequest when it is cut short, not UTF-8, not JSON, or large and nested deeper than 200 levels
 * @throws Overloaded when there is no room for it
 */
export async function readJson(request: IncomingMessage, limitBytes: number, take?: TakeRoom): Promise<unknown> {
  requireJson(request.headers['content-type']);
  const decompressor = openDecompressor(request.headers['content-encoding']);
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  return collect(request, decompressor, limitBytes, parseJson, take);
}

/**
 * The parameters in a request's body, as an HTML form sends them; none when there is no body. Bounded as `readJson` is.
 *
 * @throws UnsupportedMediaType, TooLarge, InvalidRequest as `readJson` does
 */
export async function readForm(request: IncomingMessage, limitBytes: number): Promise<URLSearchParams> {
  const decompressor = openDecompressor(request.headers['content-encoding']);
  const text = await collect(request, decompressor, limitBytes, decodeUtf8);
  const [mediaType = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (text !== '' && mediaType.trim() !== 'application/x-www-form-urlencoded') {
    throw new UnsupportedMediaType('The body must be declared as application/x-www-form-urlencoded');
  }
  return new URLSearchParams(text);
}

function requireJson(contentType = ''): void {
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';');
  // `json+fhir` is what FHIR before R3 was declared as
  if (!/^application\/(?:[a-z0-9!#$&^_.+-]+\+)?json(?:\+fhir)?$/.test(mediaType.trim())) {
    throw new UnsupportedMediaType('The body must be declared as application/json or application/fhir+json');
  }
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim() === 'charset' && !/^"?utf-?8"?$/.test(value.trim())) {
      throw new UnsupportedMediaType('The body must be in UTF-8');
    }
  }
}

function openDecompressor(contentEncoding = 'identity'): Transform | undefined {
  const coding = contentEncoding.trim().toLowerCase();
  if (coding === 'identity' || coding === '') return undefined;
  const open = decompressors.get(coding);
  if (open === undefined) throw new UnsupportedMediaType('The content coding must be gzip, deflate, br or identity');
  return open();
}

/** Reads to the end, or lets the rest run dry: leaving it in the socket would spoil the connection. `read` may keep nothing of its
 * bytes: when it returns, the next body is written over them. */
function collect<T>(
  request: IncomingMessage,
  decompressor: Transform | undefined,
  limitBytes: number,
  read: (bytes: Buffer) => T,
  take: TakeRoom = () => true,
): Promise<T> {
  const source = decompressor === undefined ? request : request.pipe(decompressor);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;

    function onData(chunk: Buffer): void {
      size += chunk.length;
      if (size > limitBytes) fail(tooLarge(limitBytes));
      else if (!take(chunk.length)) fail(new Overloaded('Too many bodies at the moment'));
      else chunks.push(chunk);
    }
    function onEnd(): void {
      detach();
      if (decompressor !== undefined) dropRest();
      try {
        resolve(read(join(chunks, size)));
      } catch (error) {
        reject(error);
      }
    }
    function onBroken(): void {
      fail(new InvalidRequest('The compressed body is damaged or incomplete'));
    }
    function onGone(): void {
      // what was sent whole may still wait here to be unpacked
      if (!request.readableEnded) fail(new InvalidRequest('The connection ended before the body did'));
    }
    function fail(error: Error): void {
      detach();
      chunks.length = 0;
      dropRest();
      reject(error);
    }
    function dropRest(): void {
      request.unpipe();
      decompressor?.destroy();
      request.resume();
    }
    function detach(): void {
      source.off('data', onData).off('end', onEnd);
      decompressor?.off('error', onBroken).on('error', ignore);
      request.off('close', onGone);
    }

    request.on('error', ignore); // an aborted request is also closed
    request.on('close', onGone);
    decompressor?.on('error', onBroken);
    source.on('data', onData).on('end', onEnd);
    if (request.destroyed) onGone();
  });
}

function ignore(): void {}

/** Where the pieces of a body are put together. */
const desk = Buffer.allocUnsafeSlow(SMALL_BYTES);

/** The bytes of all pieces, until the next body is joined. With memory of its own for each, the system would be asked for it again and again. */
function join(chunks: readonly Buffer[], size: number): Buffer {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  if (size > desk.length) return Buffer.concat(chunks, size);
  let end = 0;
  for (const chunk of chunks) end += chunk.copy(desk, end);
  return desk.subarray(0, end);
}

function tooLarge(limitBytes: number): TooLarge {
  return new TooLarge(`The body must not be larger than ${limitBytes} bytes, also when decompressed`);
}

function parseJson(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === '') throw new InvalidRequest('The body is empty; it must be a JSON object');
  if (bytes.length > SMALL_BYTES && exceedsDepth(bytes))
    throw new InvalidRequest(`The body is nested deeper than ${MAX_DEPTH} levels`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidRequest(`The body is not valid JSON${describePlace(error)}`);
  }
}

/** Without the byte order mark, if there is one. */
function decodeUtf8(bytes: Buffer): string {
  // of ASCII, the two are the same, and a string of bytes is parsed faster
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw new InvalidRequest('The body is not valid UTF-8');
  const text = bytes.toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** The runtime's own message quotes the body; only its position may be passed on. */
function describePlace(error: unknown): string {
  const position =
    error instanceof Error ? /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(error.message) : null;
  return position === null ? '' : ` (at character ${position[1]})`;
}

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Looks at bytes, as none of these characters is part of another one in UTF-8. */
function exceedsDepth(bytes: Buffer): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (isInString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) {
      isInString = true;
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      depth -= 1;
    }
  }
  return false;
}
