import { TilewrightError } from '../../support/errors.ts';
import {
  headerAt,
  magic,
  maximalSections,
  modes,
  platformNameBytes,
  sectionHeaderBytes,
  sectionHeadersAt,
  sectionKinds,
  sectionNameBytes,
} from './axlf.ts';
import { SectionReader } from './section-reader.ts';

export interface AxlfSectionView {
  /** As `xclbin.h` calls it; `kind 99` when it is newer than this reader. */
  readonly kind: string;
  readonly name: string;
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly reader: SectionReader;
}

export interface Axlf {
  readonly mode: string;
  readonly platform: string;
  readonly version: string;
  readonly uuid: string;
  /** Of the platform's shell; zeros when the file does not say. */
  readonly platformUuid: string;
  /** Seconds since 1970, 0 when the writer left it out. */
  readonly timeStamp: bigint;
  readonly bytes: number;
  readonly signed: boolean;
  readonly sections: readonly AxlfSectionView[];
}

function checkMagic(file: string, bytes: Uint8Array): void {
  const found = Buffer.from(bytes.subarray(0, magic.length)).toString('latin1');
  if (found === magic) return;
  const old = /^xclbin[01]\0/.test(found);
  throw new TilewrightError(
    old ? `${file} is an xclbin of the old format '${found.slice(0, 7)}'` : `${file} is no xclbin`,
    {
      code: 'XCLBIN_FORMAT',
      hint: old
        ? "Link the kernels again with a v++ that writes 'xclbin2' (SDAccel 2018 and later)."
        : "An xclbin begins with the bytes 'xclbin2': give the file that v++ or tilewright build wrote.",
    },
  );
}

/** For 64-bit offsets and sizes, which a corrupt file may have beyond 2^53. */
function fits(value: bigint, limit: number): boolean {
  return value <= BigInt(limit);
}

/**
 * The head, the header and the sections of an `.xclbin`, each checked to lie inside the file.
 * @param file for the errors.
 * @throws TilewrightError `XCLBIN_FORMAT` when it is something else, `XCLBIN_CORRUPT` naming the part and
 * the byte when it is cut short or its header says what cannot be.
 */
export function readAxlf(file: string, bytes: Uint8Array): Axlf {
  checkMagic(file, bytes);
  const head = new SectionReader(bytes, { file, part: 'head', offset: 0 });
  const length = head.u64(headerAt.length, "file's length");
  const count = head.u32(headerAt.sectionCount, 'number of sections');
  if (count > maximalSections) {
    throw head.corrupt(`it says ${count} sections`, headerAt.sectionCount);
  }
  const sections = head
    .records(sectionHeadersAt, sectionHeaderBytes, count, 'section')
    .map((at) => readSection(file, head, at));
  // After the sections, which say more: where a file is cut tells which of them is hurt.
  if (!fits(length, bytes.length)) {
    throw head.corrupt(
      `the file should be ${length} bytes long and is ${bytes.length}`,
      headerAt.length,
    );
  }
  const mode = head.u16(headerAt.mode, 'mode');
  const field = (at: number, what: string) => head.u8(at, what);
  const major = field(headerAt.versionMajor, 'version');
  const minor = field(headerAt.versionMinor, 'version');
  return {
    mode: modes[mode] ?? `mode ${mode}`,
    platform: head.text(headerAt.platform, platformNameBytes, "platform's name"),
    version: `${major}.${minor}.${head.u16(headerAt.versionPatch, 'version')}`,
    uuid: head.uuid(headerAt.uuid, 'uuid'),
    platformUuid: head.uuid(headerAt.platformUuid, "platform's uuid"),
    timeStamp: head.u64(headerAt.timeStamp, 'time stamp'),
    bytes: bytes.length,
    signed: head.i32(headerAt.signatureLength, "signature's length") > 0,
    sections,
  };
}

function readSection(file: string, head: SectionReader, at: number): AxlfSectionView {
  const number = head.u32(at, 'kind of a section');
  const kind = sectionKinds[number] ?? `kind ${number}`;
  const name = head.text(at + 4, sectionNameBytes, 'name of a section');
  const offset = head.u64(at + 24, 'offset of a section');
  const size = head.u64(at + 32, 'size of a section');
  if (!fits(offset + size, head.bytes.length)) {
    throw head.corrupt(
      `section ${kind} is to lie at byte ${offset}, ${size} bytes long, ` +
        `in a file of ${head.bytes.length}`,
      at,
    );
  }
  const place = { file, part: `section ${kind}`, offset: Number(offset) };
  const bytes = head.bytes.subarray(place.offset, place.offset + Number(size));
  return { kind, name, offset: place.offset, reader: new SectionReader(bytes, place) };
}
