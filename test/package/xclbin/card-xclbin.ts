/**
 * An `.xclbin` as v++ writes it for a card, put together by hand after `xclbin.h`, byte by byte: nothing of
 * what it is made with is the writer's own. Its container is laid out here too.
 */

/** Little-endian fields one after another. */
class Bytes {
  #parts: Buffer[] = [];

  u8(...values: readonly number[]): this {
    return this.raw(Buffer.from(values));
  }

  u16(value: number): this {
    const part = Buffer.alloc(2);
    part.writeUInt16LE(value);
    return this.raw(part);
  }

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    return this.raw(part);
  }

  u64(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(value);
    return this.raw(part);
  }

  text(length: number, value: string): this {
    const part = Buffer.alloc(length);
    part.write(value);
    return this.raw(part);
  }

  raw(part: Uint8Array): this {
    this.#parts.push(Buffer.from(part));
    return this;
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const bank = (bytes: Bytes, type: number, used: number, base: bigint, kib: bigint, tag: string) =>
  bytes.u8(type, used, 0, 0, 0, 0, 0, 0).u64(kib).u64(base).text(16, tag);

function topology(groups: boolean): Buffer {
  const bytes = new Bytes().u32(groups ? 6 : 5).u32(0);
  bank(bytes, 1, 1, 0x4000000000n, 16777216n, 'bank0');
  bank(bytes, 1, 0, 0x5000000000n, 16777216n, 'bank1');
  bank(bytes, 2, 0, 0x3000000000n, 128n, 'PLRAM[0]');
  bank(bytes, 10, 0, 0x2000000000n, 16777216n, 'HOST[0]');
  bank(bytes, 9, 1, 0n, 0n, 'out_1.s:in_1.s');
  if (groups) bank(bytes, 1, 1, 0x4000000000n, 33554432n, 'DDR[0:1]');
  return bytes.done();
}

function connectivity(last: number): Buffer {
  const bytes = new Bytes().u32(3);
  for (const [argument, ip, memory] of [
    [0, 0, 0],
    [1, 0, last],
    [3, 0, 4],
  ]) {
    bytes.u32(argument).u32(ip).u32(memory);
  }
  return bytes.done();
}

function ipLayout(): Buffer {
  const hs = 0;
  const chain = 1 << 8;
  return new Bytes()
    .u32(3)
    .u32(0)
    .u32(1)
    .u32(1 | (3 << 1) | chain)
    .u64(0x1c00000n)
    .text(64, 'vadd:vadd_1')
    .u32(1)
    .u32(hs)
    .u64(0xffff_ffff_ffff_ffffn)
    .text(64, 'stream_in:in_1')
    .u32(4)
    .u32(0)
    .u64(0x1000n)
    .text(64, 'ddr4_mem00')
    .done();
}

const metadata = `<?xml version="1.0" encoding="UTF-8"?>
<!-- as v++ 2021.1 lays it out -->
<project name="vadd">
  <platform vendor="xilinx" boardid="u250" name="gen3x16_xdma" featureRomTime="0">
    <version major="202020" minor="1"/>
    <device name="fpga0" fpgaDevice="virtexuplus:xcu250:figd2104:-2L:e" addrWidth="0">
      <core name="OCL_REGION_0" target="hw" type="clc_region" clockFreq="0MHz" numComputeUnits="60">
        <kernelClocks>
          <clock port="KERNEL_CLK" frequency="500.000000MHz"/>
          <clock port="DATA_CLK" frequency="300.000000MHz"/>
        </kernelClocks>
        <kernel name="vadd" language="c" vlnv="xilinx.com:hls:vadd:1.0" interrupt="true" hwControlProtocol="ap_ctrl_chain">
          <module name="vadd"/>
          <port name="M_AXI_GMEM0" mode="master" range="0xFFFFFFFF" dataWidth="512" portType="addressable" base="0x0"/>
          <port name="S_AXI_CONTROL" mode="slave" range="0x1000" dataWidth="32" portType="addressable" base="0x0"/>
          <arg name="in1" addressQualifier="1" id="0" port="M_AXI_GMEM0" size="0x8" offset="0x10" hostOffset="0x0" hostSize="0x8" type="unsigned int*"/>
          <arg name="out" addressQualifier="1" id="1" port="M_AXI_GMEM0" size="0x8" offset="0x1C" hostOffset="0x0" hostSize="0x8" type="unsigned int*"/>
          <arg name="size" addressQualifier="0" id="2" port="S_AXI_CONTROL" size="0x4" offset="0x28" hostOffset="0x0" hostSize="0x4" type="int"/>
          <arg name="s" addressQualifier="4" id="3" port="s" size="0x4" offset="0x0" hostOffset="0x0" hostSize="0x4" type="stream&lt;ap_axiu&lt;32, 0, 0, 0&gt; >&amp;"/>
          <instance name="vadd_1">
            <addrRemap base="0x1C00000" port="S_AXI_CONTROL"/>
          </instance>
        </kernel>
      </core>
    </device>
  </platform>
</project>
`;

function clocks(): Buffer {
  const bytes = new Bytes().u16(2);
  for (const [mhz, type, name] of [
    [500, 2, 'KERNEL_CLK'],
    [300, 1, 'DATA_CLK'],
  ] as const) {
    bytes.u16(mhz).u8(type, 0, 0, 0, 0, 0).text(128, name);
  }
  return bytes.done();
}

function debugLayout(): Buffer {
  return new Bytes()
    .u16(1)
    .u16(0)
    .u32(0)
    .u8(7, 2, 0, 1, 1, 1, 0, 0)
    .u64(0x1800000n)
    .text(128, 'vadd_1')
    .done();
}

/** A flattened device tree, which is big-endian. */
function deviceTree(): Buffer {
  const names: string[] = [];
  const structure: Buffer[] = [];
  const word = (value: number) => {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value);
    structure.push(part);
  };
  const padded = (part: Buffer) => {
    structure.push(part, Buffer.alloc((4 - (part.length % 4)) % 4));
  };
  const node = (name: string, inside: () => void) => {
    word(1);
    padded(Buffer.from(`${name}\0`));
    inside();
    word(2);
  };
  const property = (name: string, value: Buffer) => {
    word(3);
    word(value.length);
    word(names.join('').length);
    names.push(`${name}\0`);
    padded(value);
  };
  const words = (...values: readonly number[]) =>
    Buffer.from(values.flatMap((value) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)));
  node('', () => {
    node('interfaces', () => {
      node('@0', () =>
        property('interface_uuid', Buffer.from('862c7020a250293e32036f19956669e5\0')),
      );
    });
    node('addressable_endpoints', () => {
      node('ep_clock_counters_00', () => {
        property('pcie_physical_function', words(1));
        property('pcie_bar_mapping', words(2));
        property('reg', words(0, 0x41000, 0, 0x1000));
      });
    });
  });
  word(9);
  const body = Buffer.concat(structure);
  const strings = Buffer.from(names.join(''));
  const head = Buffer.alloc(40);
  const fields = [0xd00dfeed, 40 + body.length + strings.length, 40, 40 + body.length];
  for (const [index, value] of fields.entries()) head.writeUInt32BE(value, index * 4);
  return Buffer.concat([head, body, strings]);
}

const build = {
  build_metadata: {
    dsa: { vendor: 'xilinx', board_id: 'u250', name: 'gen3x16_xdma' },
    xclbin: { generated_by: { name: 'v++', version: '2021.1', cl: '3246112' } },
  },
};

/** Kinds by their numbers, in the order v++ has them; 99 is one that nobody knows yet. */
function sections(): readonly (readonly [kind: number, bytes: Buffer])[] {
  return [
    [0, Buffer.from([0, 9, 0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0, 0, 1])],
    [6, topology(false)],
    [8, ipLayout()],
    [7, connectivity(1)],
    [11, clocks()],
    [14, Buffer.from(JSON.stringify(build))],
    [2, Buffer.from(metadata)],
    [9, debugLayout()],
    [22, Buffer.from('{"system_diagram_metadata": {}}\0')],
    [20, deviceTree()],
    [26, topology(true)],
    [27, connectivity(5)],
    [99, Buffer.from('from the future')],
  ];
}

export function cardXclbin(): Uint8Array {
  const all = sections();
  const heads = new Bytes();
  const bodies = new Bytes();
  let end = 456 + 40 * all.length;
  for (const [kind, bytes] of all) {
    const gap = (8 - (end % 8)) % 8;
    heads
      .u32(kind)
      .text(16, 'vadd')
      .u32(0)
      .u64(BigInt(end + gap))
      .u64(BigInt(bytes.length));
    bodies.raw(Buffer.alloc(gap)).raw(bytes);
    end += gap + bytes.length;
  }
  const signature = Buffer.from('a signature');
  const file = new Bytes()
    .text(8, 'xclbin2')
    .u32(signature.length)
    .raw(Buffer.alloc(28, 0xff))
    .raw(Buffer.alloc(256))
    .u64(1n)
    .u64(BigInt(end + signature.length))
    .u64(1622505600n)
    .u64(0n)
    .u16(466)
    .u8(2, 11)
    .u16(1)
    .u16(0)
    .raw(Buffer.alloc(16))
    .text(64, 'xilinx_u250_gen3x16_xdma_shell_3_1')
    .raw(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))
    .raw(Buffer.alloc(16))
    .u32(all.length)
    .u32(0)
    .raw(heads.done())
    .raw(bodies.done())
    .raw(signature)
    .done();
  // No Buffer: its slice() is no copy.
  return new Uint8Array(file);
}
