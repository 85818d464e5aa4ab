import { RecordWriter } from '../record-writer.ts';
import type { SectionReader } from '../section-reader.ts';

/** `MEM_TYPE`, by its number. */
const types = [
  'DDR3',
  'DDR4',
  'DRAM',
  'streaming',
  'preallocated',
  'ARE',
  'HBM',
  'BRAM',
  'URAM',
  'streaming connection',
  'host',
  'PS kernel',
] as const;

export type MemoryType = (typeof types)[number];

/** One `mem_data`: a bank, or a stream, which has no addresses. */
export interface MemoryEntry {
  /** `type 40` when it is newer than this reader. */
  readonly type: string;
  /** Whether an argument of a kernel lies there; XRT allocates nothing elsewhere. */
  readonly used: boolean;
  readonly base: bigint;
  /** Whole KiB. */
  readonly bytes: bigint;
  /** At most 15 bytes, e.g. `DDR[0]`. */
  readonly tag: string;
}

const firstAt = 8;
const entryBytes = 40;
const tagBytes = 16;

export function encodeMemTopology(
  entries: readonly (MemoryEntry & { readonly type: MemoryType })[],
): Uint8Array {
  const section = new RecordWriter(firstAt + entries.length * entryBytes).u32(0, entries.length);
  for (const [index, { type, used, base, bytes, tag }] of entries.entries()) {
    const at = firstAt + index * entryBytes;
    section
      .u8(at, types.indexOf(type))
      .u8(at + 1, used ? 1 : 0)
      .u64(at + 8, bytes / 1024n)
      .u64(at + 16, base)
      .text(at + 24, tagBytes, tag);
  }
  return section.bytes;
}

export function decodeMemTopology(section: SectionReader): readonly MemoryEntry[] {
  const count = section.i32(0, 'number of banks');
  return section.records(firstAt, entryBytes, count, 'bank').map((at) => {
    const type = section.u8(at, 'type of a bank');
    return {
      type: types[type] ?? `type ${type}`,
      used: section.u8(at + 1, 'use of a bank') !== 0,
      base: section.u64(at + 16, 'base of a bank'),
      bytes: section.u64(at + 8, 'size of a bank') * 1024n,
      tag: section.text(at + 24, tagBytes, 'tag of a bank'),
    };
  });
}
