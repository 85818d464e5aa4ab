import { parseConnectivity } from '../../../codegen/package/connectivity.ts';
import { makePlatform, type PlatformOptions } from '../../../codegen/package/make-platform.ts';
import type { Manifest } from '../../../codegen/package/manifest.ts';
import type { Platform } from '../../../codegen/package/platform.ts';
import { writeXclbin } from '../../../codegen/package/xclbin/write-xclbin.ts';

const ids = { signed: false, width: 32 };
const features = { signed: true, width: 16 };
const place = { file: 'kernel.ts', line: 1, column: 1 };

/** A manifest as the compiler writes it: two memories behind ports of their own, and a number. */
export function exampleManifest(kernel: string): Manifest {
  const port = (name: string, direction: 'read' | 'write') => ({
    name: `m_axi_${name}`,
    direction,
    dataBits: 512,
    addressBits: 64,
    outstanding: 16,
    bank: 0,
    source: place,
    users: {},
  });
  return {
    formatVersion: 1,
    kernel,
    summary: 'an example',
    parameters: {},
    arguments: [
      {
        kind: 'memory',
        name: 'ids',
        direction: 'read',
        element: ids,
        lanes: 16,
        port: 'm_axi_ids',
        register: 0x10,
      },
      {
        kind: 'memory',
        name: 'means',
        direction: 'write',
        element: features,
        lanes: 32,
        port: 'm_axi_means',
        register: 0x1c,
      },
      { kind: 'scalar', name: 'rows', type: ids, register: 0x28, bytes: 4 },
    ],
    ports: [port('ids', 'read'), port('means', 'write')],
    processes: [],
    streams: [],
    sourceSha256: kernel,
    artefacts: [],
  };
}

export function examplePlatform(connectivity = '', options: PlatformOptions = {}): Platform {
  return makePlatform(
    [
      { manifest: exampleManifest('sum'), folder: '/sum' },
      { manifest: exampleManifest('mean'), folder: '/mean' },
    ],
    { connectivity: parseConnectivity(`[connectivity]\n${connectivity}`, 'card.cfg'), ...options },
  );
}

export const exampleFiles: ReadonlyMap<string, Uint8Array> = new Map([
  ['behav_waveform/xsim/launch_hw_emu.sh', new TextEncoder().encode('#!/bin/sh\nexit 0\n')],
  ['behav_waveform/xsim/device', new Uint8Array(3000).map((_, index) => (index * index) >> 3)],
]);

/** Two compute units of `sum`, one of `mean`, on HBM. */
export function exampleXclbin(): Uint8Array {
  const platform = examplePlatform(
    'nk=sum:2:left,right\nsp=left.ids:HBM[2:4]\nsp=mean_1.ids:DDR[1]',
  );
  return writeXclbin(platform, exampleFiles);
}
