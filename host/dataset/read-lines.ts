import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TilewrightError } from '../../codegen/support/errors.ts';

/** `latin1-or-utf8`: Latin-1, unless the whole block is valid UTF-8 (a copy that was re-encoded). */
export type TextEncodingName = 'utf-8' | 'latin1-or-utf8';

export interface Line {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** False only for a last line that the file ends without a newline. */
  readonly ended: boolean;
}

const newline = 10;

function encodingError(file: string, line: number, what: string): TilewrightError {
  return new TilewrightError(`${file}:${line}: ${what}`, {
    code: 'DATASET_ENCODING',
    hint: 'Convert the file first, e.g. iconv -f LATIN1 -t UTF-8 old.csv > new.csv.',
    location: { file, line },
  });
}

async function openBytes(file: string): Promise<Readable> {
  try {
    const status = await stat(file);
    if (status.isDirectory()) {
      throw new TilewrightError(`${file} is a folder; a file is expected`, {
        code: 'DATASET_MISSING',
        hint: 'Give the path of the file itself.',
      });
    }
  } catch (error) {
    if (error instanceof TilewrightError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new TilewrightError(`cannot read ${file}: ${why}`, {
      code: 'DATASET_MISSING',
      hint: 'Check the path.',
      cause: error,
    });
  }
  const raw = createReadStream(file, { highWaterMark: 1 << 20 });
  if (!file.endsWith('.gz')) return raw;
  const unpacked = createGunzip();
  raw.on('error', (error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}

/**
 * Calls `onLine` for each line of a text file (or of a `.gz` of one), without its line ending. The file
 * is streamed: memory does not grow with it.
 * @returns the number of lines.
 * @throws TilewrightError naming the file (and the line) when it is missing, unreadable, damaged
 * (`.gz`), UTF-16, binary, or not valid in its encoding.
 */
export async function readLines(
  file: string,
  encoding: TextEncodingName,
  onLine: (line: Line) => void,
): Promise<number> {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest: Buffer = Buffer.alloc(0);
  let count = 0;

  const decode = (bytes: Buffer): string => {
    try {
      return strict.decode(bytes);
    } catch {
      if (encoding === 'latin1-or-utf8') return bytes.toString('latin1');
      let line = count;
      for (let from = 0; from < bytes.length; line++) {
        const end = bytes.indexOf(newline, from);
        const to = end < 0 ? bytes.length : end;
        try {
          strict.decode(bytes.subarray(from, to));
        } catch {
          throw encodingError(file, line + 1, 'this line is not valid UTF-8');
        }
        from = to + 1;
      }
      throw encodingError(file, count + 1, 'the text is not valid UTF-8');
    }
  };

  const emit = (bytes: Buffer, ended: boolean): void => {
    const text = decode(bytes);
    let from = 0;
    if (count === 0 && text.charCodeAt(0) === 0xfeff) from = 1;
    for (;;) {
      const end = text.indexOf('\n', from);
      const to = end < 0 ? text.length : end;
      const cut = to > from && text.charCodeAt(to - 1) === 13 ? to - 1 : to;
      count++;
      onLine({ text: text.slice(from, cut), number: count, ended: ended || end >= 0 });
      if (end < 0) return;
      from = end + 1;
    }
  };

  const checkBinary = (bytes: Buffer, first: boolean): void => {
    if (first && bytes.length > 1) {
      const mark = bytes.readUInt16BE(0);
      if (mark === 0xfffe || mark === 0xfeff) {
        throw encodingError(file, 1, 'the file is UTF-16; UTF-8 is expected');
      }
    }
    const zero = bytes.indexOf(0);
    if (zero < 0) return;
    let line = count + 1;
    for (let at = bytes.indexOf(newline); at >= 0 && at < zero; ) {
      line++;
      at = bytes.indexOf(newline, at + 1);
    }
    throw encodingError(file, line, 'a zero byte: this is not a text file (or it is UTF-16)');
  };

  const stream = await openBytes(file);
  try {
    let first = true;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      checkBinary(chunk, first);
      first = false;
      const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const last = block.lastIndexOf(newline);
      if (last < 0) {
        rest = block;
        continue;
      }
      emit(block.subarray(0, last), true);
      rest = block.subarray(last + 1);
    }
    if (rest.length > 0) emit(rest, false);
  } catch (error) {
    if (error instanceof TilewrightError) throw error;
    throw new TilewrightError(
      `cannot read ${file} after line ${count}: ${(error as Error).message}`,
      { code: 'DATASET_UNREADABLE', hint: 'Fetch or unpack the file again.', cause: error },
    );
  } finally {
    stream.destroy();
  }
  return count;
}
