import { createHash } from 'node:crypto';
import {
  headerAt,
  magic,
  modes,
  platformNameBytes,
  type SectionKind,
  sectionHeaderBytes,
  sectionHeadersAt,
  sectionKinds,
  sectionNameBytes,
  type XclbinMode,
} from './axlf.ts';
import { RecordWriter } from './record-writer.ts';

export interface AxlfSection {
  readonly kind: SectionKind;
  /** At most 15 bytes; XRT looks at the kind alone. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface AxlfContent {
  readonly mode: XclbinMode;
  /** Vendor, board, name and version: at most 63 bytes. */
  readonly platform: string;
  readonly sections: readonly AxlfSection[];
}

/** Sections begin at multiples of this. */
const alignment = 8;

const aligned = (offset: number): number => Math.ceil(offset / alignment) * alignment;

/** Version 4 in form: readers that check a UUID's form take it. */
function uuidOf(bytes: Uint8Array): Uint8Array {
  const uuid = createHash('sha256').update(bytes).digest().subarray(0, 16);
  uuid[6] = (uuid[6] & 0x0f) | 0x40;
  uuid[8] = (uuid[8] & 0x3f) | 0x80;
  return uuid;
}

/**
 * The bytes of an `.xclbin` without a signature. Same content, same bytes: the time stamp stays zero and the
 * UUID follows from all else, since XRT takes two files with one UUID for the same.
 */
export function writeAxlf({ mode, platform, sections }: AxlfContent): Uint8Array {
  const places: { readonly section: AxlfSection; readonly offset: number }[] = [];
  let end = sectionHeadersAt + sections.length * sectionHeaderBytes;
  for (const section of sections) {
    const offset = aligned(end);
    places.push({ section, offset });
    end = offset + section.bytes.length;
  }
  const file = new RecordWriter(end)
    .copy(0, new TextEncoder().encode(magic))
    .u32(headerAt.signatureLength, 0xffff_ffff)
    .copy(headerAt.reserved, new Uint8Array(28).fill(0xff))
    .u64(headerAt.length, BigInt(end))
    .u8(headerAt.versionMajor, 2)
    .u16(headerAt.mode, modes.indexOf(mode))
    .text(headerAt.platform, platformNameBytes, platform)
    .u32(headerAt.sectionCount, sections.length);
  for (const [index, { section, offset }] of places.entries()) {
    const at = sectionHeadersAt + index * sectionHeaderBytes;
    file
      .u32(at, sectionKinds.indexOf(section.kind))
      .text(at + 4, sectionNameBytes, section.name)
      .u64(at + 24, BigInt(offset))
      .u64(at + 32, BigInt(section.bytes.length))
      .copy(offset, section.bytes);
  }
  const uuid = uuidOf(file.bytes);
  return file.copy(headerAt.uuid, uuid).copy(headerAt.uniqueId, uuid.subarray(0, 8)).bytes;
}
