/** What the tools said of a build for a card. In a manifest's `reports`; docs/vitis.md has it field by field. */
export interface HwReports {
  /** Release of Vitis, e.g. `2024.2`. */
  readonly vitis: string;
  readonly from: 'rtl' | 'hls';
  readonly platform: string;
  readonly frequencyMhz: number;
  /** Of the HLS C++, where that was built. */
  readonly hls?: HlsReport;
  readonly timing?: TimingReport;
  /** Of the whole device binary, and of each kernel and compute unit in it. */
  readonly utilisation?: readonly UtilisationRow[];
  /** What could not be read, and why. */
  readonly warnings: readonly string[];
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** By the tool's own names: LUT, FF, DSP, BRAM_18K, URAM. */
export type ResourceCounts = Readonly<Record<string, number>>;

/** A loop as it was scheduled. What is not known before the run, such as a trip count, is left out. */
export interface HlsLoop {
  /** The function that it is in. */
  readonly module: string;
  readonly name: string;
  /** Initiation interval in cycles; left out where the loop is not pipelined. */
  readonly interval?: number;
  /** Stages. */
  readonly depth?: number;
  /** Of all turns together, in cycles. */
  readonly latency?: NumberRange;
  readonly trips?: NumberRange;
}

/** Estimates before placing and routing. */
export interface HlsReport {
  readonly top: string;
  readonly version?: string;
  readonly targetNs?: number;
  readonly estimatedNs?: number;
  /** Cycles from start to done. */
  readonly latency?: NumberRange;
  /** Cycles from one start to the next. */
  readonly interval?: NumberRange;
  readonly loops: readonly HlsLoop[];
  readonly used: ResourceCounts;
  readonly available: ResourceCounts;
}

export interface ClockSlack {
  readonly name: string;
  readonly periodNs?: number;
  readonly setupNs: number;
  /** Paths that end in this clock. */
  readonly endpoints: number;
}

/** After routing: slack is the time left in the worst path, negative when it is missed. */
export interface TimingReport {
  readonly setupNs: number;
  readonly holdNs?: number;
  readonly failingEndpoints: number;
  readonly met: boolean;
  readonly clocks: readonly ClockSlack[];
}

export interface UtilisationRow {
  /** `Platform`, `User Budget`, `Used Resources`, a kernel or a compute unit. */
  readonly name: string;
  readonly used: ResourceCounts;
  /** Percent of what the platform leaves to kernels, by the same names. */
  readonly percent: ResourceCounts;
}
