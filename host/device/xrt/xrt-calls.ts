/** A buffer as it crosses to the process that has XRT. */
export interface BufferReference {
  readonly id: number;
  readonly bytes: number;
  /** Of its shared memory, in the process that made it; −1 within one process. */
  readonly descriptor: number;
  /** Grows with each change by the host or a kernel: what a card holds of it is up to date or not. */
  readonly version: number;
}

export interface MemoryValue {
  readonly kind: 'memory';
  readonly buffer: BufferReference;
  /** The kernel writes it. */
  readonly written: boolean;
}

export interface ScalarValue {
  readonly kind: 'scalar';
  /** Two's complement, in decimal: JSON, which crosses soonest, has no bigint. */
  readonly bits: string;
  readonly bytes: 4 | 8;
}

/** A run as it crosses to the process that has XRT. */
export interface RunRequest {
  readonly kernel: string;
  /** In the order of the kernel's signature. */
  readonly values: readonly (MemoryValue | ScalarValue)[];
}

/** What a back end asks of XRT; in this process or in one of its own. */
export interface XrtCalls {
  /** Opens a card and programs it. */
  open(xclbin: string): Promise<void>;
  /** @param registers of its arguments, which the xclbin's kernel must have at the same places. */
  openKernel(name: string, registers: readonly number[]): Promise<void>;
  /**
   * Afterwards each buffer that the kernel writes holds what it wrote, and its version is one higher.
   * @returns milliseconds from start to done.
   */
  run(request: RunRequest, signal?: AbortSignal): Promise<number>;
  /** A buffer that its owner has released. */
  forget(buffer: number): void;
  close(): Promise<void>;
}
