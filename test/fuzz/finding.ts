/** What a kernel is compared on, beside golden, which is right by definition. */
export const targets = [
  'passes',
  'hls',
  'native',
  'verilator',
  'icarus',
  'opencl',
  'netlist',
] as const;

/**
 * `passes`: the IR as the front end leaves it and after each pass, run by its interpreter. `hls`: the HLS
 * C++ under g++. `native`: the C++ for processors under g++. `verilator`, `icarus`: the Verilog. `opencl`: the
 * OpenCL C on PoCL. `netlist`: the gates that Yosys makes of each process, in Icarus.
 */
export type Target = (typeof targets)[number];

/** One run of a kernel: its workload, and the memory that hardware finds. */
export interface Run {
  readonly seed: number;
  readonly size: number;
  /** Cycles to the first beat. */
  readonly latency: number;
  /** Probability that a handshake is withheld. */
  readonly stall: number;
  /** Bursts in flight. */
  readonly outstanding: number;
}

/** Something that is not as it must be. */
export interface Finding {
  readonly target: 'compile' | 'golden' | Target;
  /**
   * `refused`: diagnostics about the kernel. `mismatch`: another result, log or number of beats than golden's.
   * `error`: it ended otherwise. `hang`: it did not end.
   */
  readonly kind: 'refused' | 'mismatch' | 'error' | 'hang';
  /** The pass, or the code of the error or of the first diagnostic. */
  readonly where?: string | undefined;
  readonly text: string;
  readonly memory?: string | undefined;
  readonly element?: number | undefined;
  readonly run?: Run | undefined;
}

/** The same fault, as far as one can tell: what a smaller program must still show. */
export function sameFailure(a: Finding, b: Finding): boolean {
  return a.target === b.target && a.kind === b.kind && a.where === b.where;
}
