import { hexadecimal } from '../kernel-xml.ts';
import type { Xclbin } from './read-xclbin.ts';
import type { BitstreamFile } from './sections/bitstream-zip.ts';
import type { MetadataArgument } from './sections/embedded-metadata.ts';
import type { MemoryEntry } from './sections/mem-topology.ts';

export interface SectionSummary {
  readonly kind: string;
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Registers are byte offsets in the compute unit's window; addresses are hexadecimal. */
export interface ArgumentSummary {
  /** Undefined for what no host sets. */
  readonly id?: number;
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly port: string;
  readonly register: string;
  readonly bytes: number;
}

export interface ComputeUnitSummary {
  readonly name: string;
  /** Undefined when it has no registers. */
  readonly base?: string;
  readonly control: string;
  /** Banks by the argument's name, or its number when the metadata does not name it. */
  readonly banks: Readonly<Record<string, readonly string[]>>;
}

export interface KernelSummary {
  readonly name: string;
  readonly language: string;
  readonly control: string;
  readonly arguments: readonly ArgumentSummary[];
  readonly computeUnits: readonly ComputeUnitSummary[];
}

export interface BankSummary {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly base: string;
  readonly bytes: number;
  readonly used: boolean;
}

export interface ClockSummary {
  readonly name: string;
  readonly type?: string;
  readonly mhz: number;
}

/** What an `.xclbin` holds, as plain data for JSON. Lists are empty where the file says nothing. */
export interface XclbinSummary {
  readonly mode: string;
  readonly platform: string;
  readonly device?: string;
  readonly uuid: string;
  readonly version: string;
  /** ISO 8601; undefined when the writer left it out. */
  readonly createdAt?: string;
  readonly generator?: string;
  readonly signed: boolean;
  readonly bytes: number;
  readonly sections: readonly SectionSummary[];
  readonly kernels: readonly KernelSummary[];
  readonly banks: readonly BankSummary[];
  /** Banks joined for arguments that may lie in any of several. */
  readonly groups: readonly BankSummary[];
  readonly clocks: readonly ClockSummary[];
  readonly debugBlocks: readonly {
    readonly name: string;
    readonly type: string;
    readonly index: number;
    readonly base: string;
  }[];
  /** Of the platform's shell: which shells the file fits on. */
  readonly interfaces: readonly string[];
  readonly endpoints: readonly {
    readonly name: string;
    readonly physicalFunction?: number;
    readonly bar?: number;
    readonly offset?: string;
  }[];
  /** Of the zip that an emulation's BITSTREAM is. */
  readonly files: readonly BitstreamFile[];
}

/** The last moment that a Date can hold, in seconds. */
const latest = 8_640_000_000_000n;

function createdAt(seconds: bigint): string | undefined {
  if (seconds === 0n || seconds > latest) return undefined;
  return new Date(Number(seconds) * 1000).toISOString();
}

function banksOf(entries: readonly MemoryEntry[]): readonly BankSummary[] {
  return entries.map(({ tag, type, base, bytes, used }, index) => ({
    index,
    name: tag,
    type,
    base: hexadecimal(base),
    bytes: Number(bytes),
    used,
  }));
}

function argumentOf({ register, ...argument }: MetadataArgument): ArgumentSummary {
  return { ...argument, register: hexadecimal(register) };
}

/** The blocks of IP_LAYOUT that are compute units, by their kernel's name. */
function computeUnits(xclbin: Xclbin): ReadonlyMap<string, ComputeUnitSummary[]> {
  const { ips = [], metadata } = xclbin;
  const connections = xclbin.connections ?? xclbin.groupConnections ?? [];
  const memory = (xclbin.connections === undefined ? xclbin.groups : xclbin.memory) ?? [];
  const units = new Map<string, ComputeUnitSummary[]>();
  for (const [index, { name, control, base }] of ips.entries()) {
    if (control === undefined) continue;
    const [kernel = '', instance = name] = name.split(':');
    const ids = metadata?.kernels.find((candidate) => candidate.name === kernel)?.arguments ?? [];
    const banks = new Map<string, string[]>();
    for (const { argument, ip, bank } of connections) {
      if (ip !== index) continue;
      const argumentName = ids.find(({ id }) => id === argument)?.name ?? String(argument);
      const own = banks.get(argumentName) ?? [];
      own.push(memory[bank]?.tag ?? String(bank));
      banks.set(argumentName, own);
    }
    const list = units.get(kernel) ?? [];
    list.push({
      name: instance,
      ...(base === undefined ? {} : { base: hexadecimal(base) }),
      control,
      banks: Object.fromEntries(banks),
    });
    units.set(kernel, list);
  }
  return units;
}

function kernelsOf(xclbin: Xclbin): readonly KernelSummary[] {
  const units = computeUnits(xclbin);
  const described = xclbin.metadata?.kernels ?? [];
  const kernels = described.map(({ name, language, control, arguments: all }) => ({
    name,
    language,
    control,
    arguments: all.map(argumentOf),
    computeUnits: units.get(name) ?? [],
  }));
  // Without metadata the compute units alone tell of kernels.
  for (const [name, computeUnits] of units) {
    if (described.some((kernel) => kernel.name === name)) continue;
    const { control } = computeUnits[0];
    kernels.push({ name, language: '', control, arguments: [], computeUnits });
  }
  return kernels;
}

export function summariseXclbin(xclbin: Xclbin): XclbinSummary {
  const { container, metadata, build, partition } = xclbin;
  const created = createdAt(container.timeStamp);
  const { device } = metadata ?? {};
  return {
    mode: container.mode,
    platform: container.platform,
    ...(device === undefined ? {} : { device }),
    uuid: container.uuid,
    version: container.version,
    ...(created === undefined ? {} : { createdAt: created }),
    ...(build?.generator === undefined ? {} : { generator: build.generator }),
    signed: container.signed,
    bytes: container.bytes,
    sections: container.sections.map(({ kind, name, offset, reader }) => ({
      kind,
      name,
      offset,
      bytes: reader.bytes.length,
    })),
    kernels: kernelsOf(xclbin),
    banks: banksOf(xclbin.memory ?? []),
    groups: banksOf(xclbin.groups ?? []),
    clocks: xclbin.clocks ?? metadata?.clocks ?? [],
    debugBlocks: (xclbin.debugIps ?? []).map(({ name, type, index, base }) => ({
      name,
      type,
      index,
      base: hexadecimal(base),
    })),
    interfaces: partition?.interfaces ?? [],
    endpoints: (partition?.endpoints ?? []).map(({ offset, ...endpoint }) => ({
      ...endpoint,
      ...(offset === undefined ? {} : { offset: hexadecimal(offset) }),
    })),
    files: xclbin.bitstream ?? [],
  };
}
