import type { SectionReader } from '../section-reader.ts';

/** `DEBUG_IP_TYPE`, by its number. */
const types = [
  'undefined',
  'LAPC',
  'ILA',
  'AXI MM monitor',
  'AXI trace funnel',
  'AXI monitor FIFO lite',
  'AXI monitor FIFO full',
  'accelerator monitor',
  'AXI stream monitor',
  'AXI stream protocol checker',
  'trace S2MM',
  'AXI DMA',
  'trace S2MM full',
  'AXI NoC',
  'accelerator deadlock detector',
];

/** A monitor or a trace block that `v++ --profile` put in. */
export interface DebugIpEntry {
  readonly type: string;
  readonly index: number;
  readonly version: string;
  readonly base: bigint;
  readonly name: string;
}

const firstAt = 8;
const entryBytes = 144;
const nameBytes = 128;

export function decodeDebugIpLayout(section: SectionReader): readonly DebugIpEntry[] {
  const count = section.u16(0, 'number of debug blocks');
  return section.records(firstAt, entryBytes, count, 'debug block').map((at) => {
    const type = section.u8(at, 'type of a debug block');
    const low = section.u8(at + 1, 'index of a debug block');
    const high = section.u8(at + 5, 'index of a debug block');
    const major = section.u8(at + 3, 'version of a debug block');
    const minor = section.u8(at + 4, 'version of a debug block');
    return {
      type: types[type] ?? `type ${type}`,
      index: high * 256 + low,
      version: `${major}.${minor}`,
      base: section.u64(at + 8, 'base of a debug block'),
      name: section.text(at + 16, nameBytes, 'name of a debug block'),
    };
  });
}
