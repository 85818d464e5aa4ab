import { type Axlf, readAxlf } from './read-axlf.ts';
import type { SectionReader } from './section-reader.ts';
import { type BitstreamFile, decodeBitstream } from './sections/bitstream-zip.ts';
import { type BuildMetadata, decodeBuildMetadata } from './sections/build-metadata.ts';
import { type ClockEntry, decodeClockTopology } from './sections/clock-topology.ts';
import { type Connection, decodeConnectivity } from './sections/connectivity.ts';
import { type DebugIpEntry, decodeDebugIpLayout } from './sections/debug-ip-layout.ts';
import { decodeEmbeddedMetadata, type EmbeddedMetadata } from './sections/embedded-metadata.ts';
import { decodeIpLayout, type IpEntry } from './sections/ip-layout.ts';
import { decodeMemTopology, type MemoryEntry } from './sections/mem-topology.ts';
import { decodePartitionMetadata, type PartitionMetadata } from './sections/partition-metadata.ts';

/** An `.xclbin` with all sections decoded that say something of kernels, memory and clocks. */
export interface Xclbin {
  readonly container: Axlf;
  readonly metadata?: EmbeddedMetadata;
  readonly memory?: readonly MemoryEntry[];
  readonly groups?: readonly MemoryEntry[];
  readonly ips?: readonly IpEntry[];
  readonly connections?: readonly Connection[];
  readonly groupConnections?: readonly Connection[];
  readonly clocks?: readonly ClockEntry[];
  readonly debugIps?: readonly DebugIpEntry[];
  readonly build?: BuildMetadata;
  readonly partition?: PartitionMetadata;
  /** Of an emulation. */
  readonly bitstream?: readonly BitstreamFile[];
}

const decoders = {
  metadata: ['EMBEDDED_METADATA', decodeEmbeddedMetadata],
  memory: ['MEM_TOPOLOGY', decodeMemTopology],
  groups: ['GROUP_TOPOLOGY', decodeMemTopology],
  ips: ['IP_LAYOUT', decodeIpLayout],
  connections: ['CONNECTIVITY', decodeConnectivity],
  groupConnections: ['GROUP_CONNECTIVITY', decodeConnectivity],
  clocks: ['CLOCK_FREQ_TOPOLOGY', decodeClockTopology],
  debugIps: ['DEBUG_IP_LAYOUT', decodeDebugIpLayout],
  build: ['BUILD_METADATA', decodeBuildMetadata],
  partition: ['PARTITION_METADATA', decodePartitionMetadata],
  bitstream: ['BITSTREAM', decodeBitstream],
} as const satisfies Readonly<
  Record<string, readonly [kind: string, decode: (section: SectionReader) => unknown]>
>;

/** Indices that lead out of the list they are for would mislead whoever follows them. */
function checkConnections(section: SectionReader, connections: readonly Connection[], of: Xclbin) {
  const ips = of.ips?.length ?? 0;
  const banks = Math.max(of.memory?.length ?? 0, of.groups?.length ?? 0);
  for (const [index, { argument, ip, bank }] of connections.entries()) {
    const wrong =
      ip < 0 || ip >= ips
        ? `block ${ip} of ${ips}`
        : bank < 0 || bank >= banks
          ? `bank ${bank} of ${banks}`
          : argument < 0
            ? `argument ${argument}`
            : undefined;
    if (wrong === undefined) continue;
    throw section.corrupt(`connection ${index} is to ${wrong}`, 4 + index * 12);
  }
}

/**
 * Reads an `.xclbin` of any writer, a card's or an emulation's.
 * @param file its name, for the errors.
 * @throws TilewrightError `XCLBIN_FORMAT` when it is something else, `XCLBIN_CORRUPT` with the section and
 * the byte where it goes wrong.
 */
export function readXclbin(file: string, bytes: Uint8Array): Xclbin {
  const container = readAxlf(file, bytes);
  const section = (kind: string) =>
    container.sections.find((candidate) => candidate.kind === kind)?.reader;
  const entries = Object.entries(decoders).flatMap(([member, [kind, decode]]) => {
    const reader = section(kind);
    return reader === undefined ? [] : [[member, decode(reader)]];
  });
  const xclbin: Xclbin = { container, ...Object.fromEntries(entries) };
  const { connections, groupConnections } = xclbin;
  const plain = section('CONNECTIVITY');
  const grouped = section('GROUP_CONNECTIVITY');
  if (plain !== undefined) checkConnections(plain, connections ?? [], xclbin);
  if (grouped !== undefined) checkConnections(grouped, groupConnections ?? [], xclbin);
  return xclbin;
}
