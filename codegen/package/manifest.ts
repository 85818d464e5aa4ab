import type { HwReports } from './vitis/hw-reports.ts';

/**
 * The manifest: the only thing that crosses from codegen to sim and host. Pure data, written as
 * `manifest.json` beside the artefacts it lists; the same input gives the same bytes.
 */
export const manifestFormatVersion = 1;

/** A number as it lies in memory and in registers: `width` bits, two's complement when signed. */
export interface ManifestType {
  readonly signed: boolean;
  readonly width: number;
  /** Fixed point: the value is the integer times 2^-fraction. Left out for integers. */
  readonly fraction?: number;
}

/** A value that the host writes to a register before start. `u1…u32` take 4 bytes, wider ones 8. */
export interface ManifestScalar {
  readonly kind: 'scalar';
  readonly name: string;
  readonly type: ManifestType;
  /** Byte offset in the s_axi_control register map; arguments start at 0x10. */
  readonly register: number;
  readonly bytes: 4 | 8;
}

/** A buffer behind an AXI4 master: packed little-endian elements, padded to whole 64-byte beats. */
export interface ManifestMemory {
  readonly kind: 'memory';
  readonly name: string;
  readonly direction: 'read' | 'write';
  readonly element: ManifestType;
  /** Elements in one beat: dataBits / element.width. */
  readonly lanes: number;
  /** Name of the port in `ports`. */
  readonly port: string;
  /** Byte offset of the low word of its 64-bit base address. */
  readonly register: number;
}

export type ManifestArgument = ManifestScalar | ManifestMemory;

/** Where something is declared in the kernel's source. */
export interface ManifestPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One AXI4 master. A read port has AR and R only, a write port AW, W and B only. INCR bursts, one ID. */
export interface ManifestPort {
  /** Verilog prefix: signals are `<name>_arvalid` and so on, lower case. E.g. `m_axi_features`. */
  readonly name: string;
  readonly direction: 'read' | 'write';
  readonly dataBits: number;
  readonly addressBits: number;
  /** Bursts that the hardware can keep in flight; the memory model may allow fewer. */
  readonly outstanding: number;
  /** Memory bank; one per port for now. */
  readonly bank: number;
  /** Of its memory. */
  readonly source: ManifestPlace;
  /** The processes that use it, by what they do; which may be missing. */
  readonly users: {
    readonly request?: string;
    readonly receive?: string;
    readonly send?: string;
    readonly response?: string;
  };
}

export interface ManifestProcess {
  readonly name: string;
  readonly source: ManifestPlace;
}

export interface ManifestStream {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly width: number;
  readonly depth: number;
  readonly source: ManifestPlace;
}

/** Rows that do not depend on each other: parts of them may be run side by side. */
export interface ManifestRows {
  /** The scalar that says how many rows there are. */
  readonly count: string;
  /** Elements of a row, by memory; the other memories serve all rows. */
  readonly elements: Readonly<Record<string, number>>;
  /** Which rows come to nothing, and what is written for them. Left out where the kernel does not say. */
  readonly blank?: ManifestBlankRows;
}

/**
 * A row is blank where all of its elements of each memory in `when` have the value there; its elements of each memory
 * in `gives`, which are all that are written, then have the value there.
 */
export interface ManifestBlankRows {
  readonly when: Readonly<Record<string, number>>;
  readonly gives: Readonly<Record<string, number>>;
}

export interface ManifestArtefact {
  /** Path relative to the manifest, with forward slashes. */
  readonly path: string;
  readonly kind: 'hls-cpp' | 'verilog' | 'opencl' | 'cpu' | 'kernel-xml' | 'header';
  readonly sha256: string;
}

export interface Manifest {
  readonly formatVersion: typeof manifestFormatVersion;
  /** Kernel and Verilog top module, e.g. `mean_aggregate`. */
  readonly kernel: string;
  readonly summary: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** In the order of the register map. */
  readonly arguments: readonly ManifestArgument[];
  readonly ports: readonly ManifestPort[];
  readonly processes: readonly ManifestProcess[];
  readonly streams: readonly ManifestStream[];
  /** Left out where the kernel does not say that its rows are independent. */
  readonly rows?: ManifestRows;
  readonly sourceSha256: string;
  readonly artefacts: readonly ManifestArtefact[];
  /** What Vitis reported, in the manifest beside a binary that was built for a card. */
  readonly reports?: HwReports;
}
