import { packageVersion } from '../../support/package-root.ts';
import type { Platform } from '../platform.ts';
import { encodeBitstreamZip } from './sections/bitstream-zip.ts';
import { encodeBuildMetadata } from './sections/build-metadata.ts';
import { encodeClockTopology } from './sections/clock-topology.ts';
import { type Connection, encodeConnectivity } from './sections/connectivity.ts';
import { encodeEmbeddedMetadata } from './sections/embedded-metadata.ts';
import { encodeIpLayout } from './sections/ip-layout.ts';
import { encodeMemTopology } from './sections/mem-topology.ts';
import { type AxlfSection, writeAxlf } from './write-axlf.ts';

function connectionsOf({ computeUnits }: Platform): readonly Connection[] {
  return computeUnits.flatMap(({ manifest, connections }, ip) =>
    manifest.arguments.flatMap(({ name, kind }, argument) =>
      kind === 'memory' ? [{ argument, ip, bank: connections[name] }] : [],
    ),
  );
}

/** Each once, however many compute units it has. */
const kernelsOf = ({ computeUnits }: Platform) =>
  [...new Map(computeUnits.map(({ manifest }) => [manifest.kernel, manifest])).values()].map(
    ({ kernel, sourceSha256 }) => ({ name: kernel, sourceSha256 }),
  );

/**
 * An `.xclbin` for XRT's hardware emulation. Same input, same bytes.
 * @param platform from `makePlatform`, which has checked it.
 * @param files of the zip that BITSTREAM is, by their paths in it; all become executable.
 */
export function writeXclbin(
  platform: Platform,
  files: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  const { banks, computeUnits, clockMhz } = platform;
  const generator = { name: 'tilewright', version: packageVersion() };
  const connections = connectionsOf(platform);
  const used = new Set(connections.map(({ bank }) => bank));
  const sections: readonly AxlfSection[] = [
    { kind: 'BITSTREAM', name: 'bitstream', bytes: encodeBitstreamZip(files) },
    {
      kind: 'MEM_TOPOLOGY',
      name: 'mem_topology',
      bytes: encodeMemTopology(
        banks.map(({ name, kind, base, bytes }, index) => ({
          type: kind === 'hbm' ? 'HBM' : 'DDR4',
          used: used.has(index),
          base,
          bytes,
          tag: name,
        })),
      ),
    },
    {
      kind: 'IP_LAYOUT',
      name: 'ip_layout',
      bytes: encodeIpLayout(
        computeUnits.map(({ manifest, instance, base }, interrupt) => ({
          name: `${manifest.kernel}:${instance}`,
          base,
          control: 'ap_ctrl_hs',
          interrupt,
        })),
      ),
    },
    { kind: 'CONNECTIVITY', name: 'connectivity', bytes: encodeConnectivity(connections) },
    {
      kind: 'CLOCK_FREQ_TOPOLOGY',
      name: 'clock_freq',
      bytes: encodeClockTopology([
        { mhz: Math.round(clockMhz), type: 'data', name: 'DATA_CLK' },
        { mhz: Math.round(clockMhz), type: 'kernel', name: 'KERNEL_CLK' },
      ]),
    },
    {
      kind: 'BUILD_METADATA',
      name: 'build_metadata',
      bytes: encodeBuildMetadata({ ...generator, kernels: kernelsOf(platform) }),
    },
    {
      kind: 'EMBEDDED_METADATA',
      name: 'xml_metadata',
      bytes: encodeEmbeddedMetadata(platform, `${generator.name} ${generator.version}`),
    },
  ];
  return writeAxlf({ mode: 'hw_emu', platform: platform.name, sections });
}
