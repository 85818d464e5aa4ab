import { RecordWriter } from '../record-writer.ts';
import type { SectionReader } from '../section-reader.ts';

/** One `connection`: an argument of a block to a bank. An argument may have several. */
export interface Connection {
  /** Argument of the kernel, from 0; scalars count but have no connection. */
  readonly argument: number;
  /** Index in IP_LAYOUT. */
  readonly ip: number;
  /** Index in MEM_TOPOLOGY. */
  readonly bank: number;
}

const firstAt = 4;
const entryBytes = 12;

export function encodeConnectivity(connections: readonly Connection[]): Uint8Array {
  const section = new RecordWriter(firstAt + connections.length * entryBytes);
  section.u32(0, connections.length);
  for (const [index, { argument, ip, bank }] of connections.entries()) {
    const at = firstAt + index * entryBytes;
    section
      .u32(at, argument)
      .u32(at + 4, ip)
      .u32(at + 8, bank);
  }
  return section.bytes;
}

export function decodeConnectivity(section: SectionReader): readonly Connection[] {
  const count = section.i32(0, 'number of connections');
  return section.records(firstAt, entryBytes, count, 'connection').map((at) => ({
    argument: section.i32(at, 'argument of a connection'),
    ip: section.i32(at + 4, 'block of a connection'),
    bank: section.i32(at + 8, 'bank of a connection'),
  }));
}
