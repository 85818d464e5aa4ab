import { RecordWriter } from '../record-writer.ts';
import type { SectionReader } from '../section-reader.ts';

/** `IP_TYPE`, by its number. */
const types = [
  'MicroBlaze',
  'kernel',
  'DNA',
  'DDR4 controller',
  'DDR4',
  'HBM',
  'HBM ECC',
  'PS kernel',
] as const;

/** `IP_CONTROL`, by its number. */
const controls = [
  'ap_ctrl_hs',
  'ap_ctrl_chain',
  'ap_ctrl_none',
  'ap_ctrl_me',
  'accel_adapter',
  'fast_adapter',
] as const;

export type IpControl = (typeof controls)[number];

/** One `ip_data`: a compute unit, or another block with registers of its own. */
export interface IpEntry {
  readonly type: string;
  /** Of a kernel alone. */
  readonly control?: string;
  readonly interrupt?: number;
  /** Undefined without registers: all bits of the field are set. */
  readonly base?: bigint;
  /** Of a compute unit: `kernel:instance`; at most 63 bytes. */
  readonly name: string;
}

/** A compute unit to write. */
export interface KernelIp {
  readonly name: string;
  readonly base: number;
  readonly control: IpControl;
  /** 0 to 127. */
  readonly interrupt: number;
}

export const ipNameBytes = 64;
const firstAt = 8;
const entryBytes = 80;
const kernelType = types.indexOf('kernel');
const noBase = 0xffff_ffff_ffff_ffffn;

/** @param ips by ascending base, as XRT wants them. */
export function encodeIpLayout(ips: readonly KernelIp[]): Uint8Array {
  const section = new RecordWriter(firstAt + ips.length * entryBytes).u32(0, ips.length);
  for (const [index, { name, base, control, interrupt }] of ips.entries()) {
    const at = firstAt + index * entryBytes;
    const interruptEnabled = 1;
    section
      .u32(at, kernelType)
      .u32(at + 4, interruptEnabled | (interrupt << 1) | (controls.indexOf(control) << 8))
      .u64(at + 8, BigInt(base))
      .text(at + 16, ipNameBytes, name);
  }
  return section.bytes;
}

export function decodeIpLayout(section: SectionReader): readonly IpEntry[] {
  const count = section.i32(0, 'number of blocks');
  return section.records(firstAt, entryBytes, count, 'block').map((at) => {
    const type = section.u32(at, 'type of a block');
    const properties = section.u32(at + 4, 'properties of a block');
    const base = section.u64(at + 8, 'base of a block');
    const control = (properties >>> 8) & 0xff;
    return {
      type: types[type] ?? `type ${type}`,
      ...(type === kernelType
        ? {
            control: controls[control] ?? `control ${control}`,
            interrupt: (properties >>> 1) & 0x7f,
          }
        : {}),
      ...(base === noBase ? {} : { base }),
      name: section.text(at + 16, ipNameBytes, 'name of a block'),
    };
  });
}
