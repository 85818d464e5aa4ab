import { TilewrightError } from '../../support/errors.ts';
import { printable } from '../../support/printable.ts';

/** Whose bytes a reader reads: for its errors. */
export interface SectionPlace {
  readonly file: string;
  /** E.g. `section MEM_TOPOLOGY`, or `head` for what stands before the sections. */
  readonly part: string;
  /** Of the part's first byte in the file. */
  readonly offset: number;
}

const utf8 = new TextDecoder();

/**
 * Reads fixed-size records of a part of an `.xclbin`. Whatever is asked for is first checked to lie inside
 * the part, so that a corrupt file ends in one error that names the part and the byte; offsets are relative
 * to the part.
 */
export class SectionReader {
  readonly bytes: Uint8Array;
  readonly place: SectionPlace;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, place: SectionPlace) {
    this.bytes = bytes;
    this.place = place;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The error of a corrupt file. */
  corrupt(problem: string, at = 0, cause?: unknown): TilewrightError {
    const { file, part, offset } = this.place;
    return new TilewrightError(`${file}: ${part}, byte ${offset + at}: ${problem}`, {
      code: 'XCLBIN_CORRUPT',
      hint: 'The file was cut short or changed after it was written: build or fetch it again.',
      cause,
    });
  }

  u8(at: number, what: string): number {
    return this.#view.getUint8(this.#inside(at, 1, what));
  }

  u16(at: number, what: string): number {
    return this.#view.getUint16(this.#inside(at, 2, what), true);
  }

  u32(at: number, what: string): number {
    return this.#view.getUint32(this.#inside(at, 4, what), true);
  }

  i32(at: number, what: string): number {
    return this.#view.getInt32(this.#inside(at, 4, what), true);
  }

  u64(at: number, what: string): bigint {
    return this.#view.getBigUint64(this.#inside(at, 8, what), true);
  }

  /** A field of `length` bytes whose text ends at its first zero. Control characters become `�`. */
  text(at: number, length: number, what: string): string {
    const field = this.slice(at, length, what);
    const end = field.indexOf(0);
    return printable(utf8.decode(end < 0 ? field : field.subarray(0, end)));
  }

  /** Sixteen bytes as UUIDs are written. */
  uuid(at: number, what: string): string {
    const hex = Buffer.from(this.slice(at, 16, what)).toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  slice(at: number, length: number, what: string): Uint8Array {
    this.#inside(at, length, what);
    return this.bytes.subarray(at, at + length);
  }

  /** The whole part as text. */
  whole(): string {
    return utf8.decode(this.bytes);
  }

  /** Where each of `count` records of `size` bytes begins; all of them are checked to be there. */
  records(first: number, size: number, count: number, what: string): readonly number[] {
    const room = Math.max(0, Math.floor((this.bytes.length - first) / size));
    if (count < 0 || count > room) {
      throw this.corrupt(`it says ${count} ${what}s, and has room for ${room}`);
    }
    return Array.from({ length: count }, (_, index) => first + index * size);
  }

  #inside(at: number, length: number, what: string): number {
    if (at >= 0 && length >= 0 && at + length <= this.bytes.length) return at;
    throw this.corrupt(
      `the ${what} needs ${length} bytes, and ${Math.max(0, this.bytes.length - at)} are left`,
      at,
    );
  }
}
