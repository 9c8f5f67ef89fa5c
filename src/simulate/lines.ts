import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

/** One line of a file, from 1. `isCut`: the file ended before the line did. */
export interface FileLine {
  readonly number: number;
  readonly text: string;
  readonly isCut: boolean;
}

/** A line longer than this is not read: no patient needs it, and memory is bounded. */
const LONGEST_LINE = 200_000_000;

/** Reading failed after some lines: nobody knows what stood in the rest. */
export class CutShort extends Error {}

/**
 * Lines of a file, unpacked when its name ends in `.gz`, one buffer in memory at a time.
 * @param onBytes told how many bytes of the file were read
 * @throws CutShort when the file cannot be read, or unpacked, to its end
 */
export async function* linesOf(path: string, onBytes: (bytes: number) => void = () => {}): AsyncGenerator<FileLine> {
  const pieces = piecesOf(path);
  let number = 0;
  let rest = '';
  try {
    for (let piece = await nextOf(pieces); piece !== undefined; piece = await nextOf(pieces)) {
      onBytes(piece.bytes);
      const lines = (rest + piece.text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield { number: ++number, text: bare(line), isCut: false };
      if (rest.length > LONGEST_LINE) throw new CutShort('a line is too long');
    }
  } finally {
    await pieces.return(undefined);
  }
  if (rest.trim() !== '') yield { number: number + 1, text: bare(rest), isCut: true };
}

interface FilePiece {
  readonly text: string;
  /** Bytes of the file read since the piece before. */
  readonly bytes: number;
}

/** @throws CutShort for whatever keeps the file from being read, and for nothing else */
async function nextOf(pieces: AsyncGenerator<FilePiece>): Promise<FilePiece | undefined> {
  try {
    return (await pieces.next()).value as FilePiece | undefined;
  } catch (error) {
    throw new CutShort((error as NodeJS.ErrnoException).code ?? (error as Error).message);
  }
}

async function* piecesOf(path: string): AsyncGenerator<FilePiece> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const unpack = path.endsWith('.gz') ? createGunzip({ chunkSize: 1 << 20 }) : undefined;
  if (unpack !== undefined) file.on('error', (error) => unpack.destroy(error)).pipe(unpack);
  const decoder = new StringDecoder('utf8');
  let told = 0;
  for await (const chunk of unpack ?? file) {
    yield { text: decoder.write(chunk as Buffer), bytes: file.bytesRead - told };
    told = file.bytesRead;
  }
  yield { text: decoder.end(), bytes: file.bytesRead - told };
}

const bare = (line: string): string => line.replace(/^\uFEFF/, '').replace(/\r$/, '');
