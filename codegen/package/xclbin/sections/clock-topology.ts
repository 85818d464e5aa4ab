import { RecordWriter } from '../record-writer.ts';
import type { SectionReader } from '../section-reader.ts';

/** `CLOCK_TYPE`, by its number. */
const types = ['unused', 'data', 'kernel', 'system'] as const;

export type ClockType = (typeof types)[number];

export interface ClockEntry {
  /** Whole MHz. */
  readonly mhz: number;
  readonly type: string;
  /** At most 127 bytes, e.g. `KERNEL_CLK`. */
  readonly name: string;
}

const firstAt = 2;
const entryBytes = 136;
const nameBytes = 128;

export function encodeClockTopology(
  clocks: readonly (ClockEntry & { readonly type: ClockType })[],
): Uint8Array {
  const section = new RecordWriter(firstAt + clocks.length * entryBytes).u16(0, clocks.length);
  for (const [index, { mhz, type, name }] of clocks.entries()) {
    const at = firstAt + index * entryBytes;
    section
      .u16(at, mhz)
      .u8(at + 2, types.indexOf(type))
      .text(at + 8, nameBytes, name);
  }
  return section.bytes;
}

export function decodeClockTopology(section: SectionReader): readonly ClockEntry[] {
  const count = section.u16(0, 'number of clocks');
  return section.records(firstAt, entryBytes, count, 'clock').map((at) => {
    const type = section.u8(at + 2, 'type of a clock');
    return {
      mhz: section.u16(at, 'frequency of a clock'),
      type: types[type] ?? `type ${type}`,
      name: section.text(at + 8, nameBytes, 'name of a clock'),
    };
  });
}
