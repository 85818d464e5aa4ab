import { describe, expect, test } from 'vitest';
import { kernelXml } from '../../codegen/package/kernel-xml.ts';
import type { Manifest, ManifestPort, ManifestType } from '../../codegen/package/manifest.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';

const u32: ManifestType = { signed: false, width: 32 };
const port = (name: string, direction: 'read' | 'write'): ManifestPort => {
  const source = { file: 'example.ts', line: 1, column: 1 };
  const users = {};
  return {
    name,
    direction,
    dataBits: 512,
    addressBits: 64,
    outstanding: 64,
    bank: 0,
    source,
    users,
  };
};

const manifest: Manifest = {
  formatVersion: 1,
  kernel: 'example',
  summary: 'An example',
  parameters: { fanout: 16 },
  arguments: [
    {
      ...{ kind: 'memory', name: 'ids', direction: 'read', element: u32, lanes: 16 },
      ...{ port: 'm_axi_ids', register: 0x10 },
    },
    {
      ...{ kind: 'memory', name: 'means', direction: 'write', lanes: 32 },
      element: { signed: true, width: 16 },
      ...{ port: 'm_axi_means', register: 0x1c },
    },
    { kind: 'scalar', name: 'rows', type: u32, register: 0x28, bytes: 4 },
    { kind: 'scalar', name: 'tiny', type: { signed: true, width: 5 }, register: 0x30, bytes: 4 },
    { kind: 'scalar', name: 'key', type: { signed: false, width: 64 }, register: 0x38, bytes: 8 },
  ],
  ports: [port('m_axi_ids', 'read'), port('m_axi_means', 'write')],
  processes: [],
  streams: [],
  sourceSha256: '',
  artefacts: [],
};

const expected = `<?xml version="1.0" encoding="UTF-8"?>
<root versionMajor="1" versionMinor="6">
  <kernel name="example" language="ip_c" vlnv="tilewright:kernel:example:1.0" attributes="" preferredWorkGroupSizeMultiple="0" workGroupSize="1" interrupt="true" hwControlProtocol="ap_ctrl_hs">
    <ports>
      <port name="s_axi_control" mode="slave" range="0x1000" dataWidth="32" portType="addressable" base="0x0"/>
      <port name="m_axi_ids" mode="master" range="0xFFFFFFFFFFFFFFFF" dataWidth="512" portType="addressable" base="0x0"/>
      <port name="m_axi_means" mode="master" range="0xFFFFFFFFFFFFFFFF" dataWidth="512" portType="addressable" base="0x0"/>
    </ports>
    <args>
      <arg name="ids" addressQualifier="1" id="0" port="m_axi_ids" size="0x8" offset="0x10" type="unsigned int*" hostOffset="0x0" hostSize="0x8"/>
      <arg name="means" addressQualifier="1" id="1" port="m_axi_means" size="0x8" offset="0x1c" type="short*" hostOffset="0x0" hostSize="0x8"/>
      <arg name="rows" addressQualifier="0" id="2" port="s_axi_control" size="0x4" offset="0x28" type="unsigned int" hostOffset="0x0" hostSize="0x4"/>
      <arg name="tiny" addressQualifier="0" id="3" port="s_axi_control" size="0x4" offset="0x30" type="int" hostOffset="0x0" hostSize="0x4"/>
      <arg name="key" addressQualifier="0" id="4" port="s_axi_control" size="0x8" offset="0x38" type="unsigned long" hostOffset="0x0" hostSize="0x8"/>
    </args>
  </kernel>
</root>
`;

describe('kernelXml', () => {
  test('names ports and arguments with their qualifiers, ids, offsets and sizes', () => {
    expect(kernelXml(manifest)).toBe(expected);
  });

  test('refuses an argument behind a port that is not there', () => {
    const broken = { ...manifest, ports: manifest.ports.slice(1) };
    expect(() => kernelXml(broken)).toThrow(TilewrightError);
    expect(() => kernelXml(broken)).toThrow(/ids is behind m_axi_ids/);
  });
});
