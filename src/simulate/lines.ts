import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** One line of a file. `isCut`: the file ended before the line did. */
export interface FileLine {
  readonly text: string;
  readonly isCut: boolean;
}

/** Bytes of a file. A line belongs to where it begins. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A line longer than this is not read: no patient needs it, and memory is bounded. */
const LONGEST_LINE = 200_000_000;
const CHUNK = 1 << 20;
const NEWLINE = 10;

/** Reading failed after some lines: nobody knows what stood in the rest. */
export class CutShort extends Error {}

/**
 * Lines of a stretch of a file, unpacked when its name ends in `.gz`, as many at a time as a buffer holds. A packed file is one stretch.
 * @param onBytes told how many bytes of the file were read
 * @throws CutShort when the file cannot be read, or unpacked, to its end
 */
export async function* linesOf(
  path: string,
  { from, to }: Stretch,
  onBytes: (bytes: number) => void,
): AsyncGenerator<readonly FileLine[]> {
  // From the byte before, so that a line that begins with the stretch is told from one that began earlier.
  let position = Math.max(0, from - 1);
  let isOurs = from === 0;
  let begun: Buffer[] = [];
  let length = 0;
  for await (const { chunk, bytes } of chunksOf(path, position)) {
    const lines: FileLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const text = isOurs ? textOf([...begun, chunk.subarray(start, end)]) : '';
      if (isOurs) lines.push({ text, isCut: false });
      start = end + 1;
      begun = [];
      length = 0;
      isOurs = true;
      if (position + start >= to) {
        onBytes(bytes);
        yield lines;
        return;
      }
    }
    position += chunk.length;
    begun.push(chunk.subarray(start));
    length += chunk.length - start;
    onBytes(bytes);
    yield lines;
    if (length > LONGEST_LINE) throw new CutShort('a line is too long');
  }
  const rest = isOurs ? textOf(begun) : '';
  if (rest.trim() !== '') yield [{ text: rest, isCut: true }];
}

interface Chunk {
  readonly chunk: Buffer;
  /** Bytes of the file read since the chunk before. */
  readonly bytes: number;
}

/** @throws CutShort for whatever keeps the file from being read, and for nothing else */
async function* chunksOf(path: string, from: number): AsyncGenerator<Chunk> {
  const file = createReadStream(path, { start: from, highWaterMark: CHUNK });
  const unpack = /\.gz$/i.test(path) ? createGunzip({ chunkSize: CHUNK }) : undefined;
  if (unpack !== undefined) file.on('error', (error) => unpack.destroy(error)).pipe(unpack);
  const chunks = (unpack ?? file)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let told = 0;
  try {
    for (let next = await nextOf(chunks); next !== undefined; next = await nextOf(chunks)) {
      yield { chunk: next, bytes: file.bytesRead - told };
      told = file.bytesRead;
    }
  } finally {
    file.destroy();
    unpack?.destroy();
  }
}

async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  try {
    const { done, value } = await chunks.next();
    return done ? undefined : value;
  } catch (error) {
    throw new CutShort((error as NodeJS.ErrnoException).code ?? (error as Error).message);
  }
}

const textOf = (buffers: readonly Buffer[]): string =>
  (buffers.length === 1 ? (buffers[0] as Buffer) : Buffer.concat(buffers))
    .toString()
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '');
