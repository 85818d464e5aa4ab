/**
 * What cells of a Xilinx netlist take of a device.
 *
 * `lut` is what Vivado's report calls "CLB LUTs": logic (LUT1 to LUT6, one each; that two small ones
 * may share a LUT6 is left to placement) plus memory. `lutram` is the memory among them: distributed
 * RAM and shift registers, in LUTs of a SLICEM as UG574 (chapter 2, "Distributed RAM", "Shift
 * Registers") and UG474 (chapter 2) count them. Carry chains and wide multiplexers lie beside the LUTs
 * and take none. Inverters are drawn into what follows them by placement and take none.
 */
export interface Resources {
  /** LUTs for logic and for memory. */
  readonly lut: number;
  /** Of these, LUTs that are memory or shift registers. */
  readonly lutram: number;
  /** Flip-flops and latches. */
  readonly ff: number;
  /** DSP48 slices. */
  readonly dsp: number;
  /** Block RAMs of 36 Kb; one of 18 Kb is a half. */
  readonly bram: number;
  /** UltraRAMs of 288 Kb. */
  readonly uram: number;
}

export type ResourceName = keyof Resources;

export const resourceNames: readonly ResourceName[] = [
  'lut',
  'lutram',
  'ff',
  'dsp',
  'bram',
  'uram',
];

/** Cell counts of a netlist, by type. */
export type CellCounts = Readonly<Record<string, number>>;

const none: Resources = { lut: 0, lutram: 0, ff: 0, dsp: 0, bram: 0, uram: 0 };

/**
 * LUTs of a SLICEM that a memory primitive takes. 64 bits of one port make a LUT; each further read port
 * is a copy, and half-filled LUTs (32 deep) hold two bits of a word. Table 2-3 of UG574 ("Distributed
 * RAM Configuration"), table 2-3 of UG474 for the 7 series.
 */
const memoryLuts: CellCounts = {
  RAM16X1S: 1,
  RAM16X1D: 2,
  RAM32X1S: 1,
  RAM32X1D: 2,
  RAM64X1S: 1,
  RAM64X1D: 2,
  RAM128X1S: 2,
  RAM128X1D: 4,
  RAM256X1S: 4,
  RAM256X1D: 8,
  RAM512X1S: 8,
  RAM32M: 4,
  RAM64M: 4,
  RAM32M16: 8,
  RAM64M8: 8,
  RAM32X16DR8: 8,
  RAM64X8SW: 8,
  SRL16E: 1,
  SRLC16E: 1,
  SRLC32E: 1,
  CFGLUT5: 1,
};

/** Beside the LUTs of a slice, or no hardware of their own. */
const free = /^(CARRY4|CARRY8|MUXCY|XORCY|MUXF[5-9]|INV|BUF|GND|VCC)$/;

function resourcesOfCell(type: string): Partial<Resources> | undefined {
  const memory = memoryLuts[type];
  if (memory !== undefined) return { lut: memory, lutram: memory };
  if (/^LUT[1-6](_2)?$/.test(type)) return { lut: 1 };
  if (/^(FD[RSCP]E|LD[CP]E)(_1)?$/.test(type)) return { ff: 1 };
  if (/^DSP48/.test(type)) return { dsp: 1 };
  if (/^(RAMB36|FIFO36)/.test(type)) return { bram: 1 };
  if (/^(RAMB18|FIFO18)/.test(type)) return { bram: 0.5 };
  if (/^URAM288/.test(type)) return { uram: 1 };
  return free.test(type) ? {} : undefined;
}

export function addResources(one: Resources, other: Partial<Resources>, times = 1): Resources {
  const sum = (name: ResourceName) => one[name] + (other[name] ?? 0) * times;
  return {
    lut: sum('lut'),
    lutram: sum('lutram'),
    ff: sum('ff'),
    dsp: sum('dsp'),
    bram: sum('bram'),
    uram: sum('uram'),
  };
}

export function sumResources(all: readonly Resources[]): Resources {
  return all.reduce((sum, one) => addResources(sum, one), none);
}

/**
 * Resources of a netlist's cells.
 * @returns also the types that this table does not know, which are in no figure.
 */
export function resourcesOf(cells: CellCounts): {
  readonly resources: Resources;
  readonly unknown: readonly string[];
} {
  let resources = none;
  const unknown: string[] = [];
  for (const [type, count] of Object.entries(cells)) {
    const taken = resourcesOfCell(type);
    if (taken === undefined) unknown.push(type);
    else resources = addResources(resources, taken, count);
  }
  return { resources, unknown };
}
