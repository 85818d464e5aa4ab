import type { RunLimits, SimulationProfile } from '../../sim/index.ts';
import type { BuiltKernel } from './built-kernel.ts';

/** Buffers are plain bytes: little-endian elements, length a multiple of 64 (one 512-bit beat). */
export type KernelArguments = Readonly<Record<string, number | bigint | DeviceBuffer>>;

/** What one AXI port did during a run. */
export interface PortReport {
  readonly port: string;
  readonly bursts: number;
  readonly beats: number;
}

export interface RunReport {
  /** Wall time of the run on this machine, milliseconds. For `sim` it is the simulator's own time: never quote it as device time. */
  readonly hostMs: number;
  /** Clock cycles from start to done; only where a clock exists (sim, xrt hw_emu). */
  readonly cycles?: number;
  /** What the kernel's print() wrote, process by process; only where the back end keeps it (not a card). */
  readonly log?: readonly string[];
  /** Elements that went through all streams; only of golden. */
  readonly elements?: number;
  /** Per port, where the back end counts them (golden: the useful beats; sim: the beats seen). */
  readonly ports?: readonly PortReport[];
  /** What every cycle was spent on; only where the device was opened with `profile`. */
  readonly profile?: SimulationProfile;
}

/** Memory that a kernel can reach. Freed by `release` or `using`. */
export interface DeviceBuffer extends Disposable {
  readonly bytes: number;
  write(source: Uint8Array, offset?: number): void;
  read(target: Uint8Array, offset?: number): void;
  /**
   * As `write`, but beside the event loop, so that runs and other transfers go on meanwhile. `source` must not
   * change until the promise resolves. A back end whose writes take no longer than a copy leaves it out.
   */
  upload?(source: Uint8Array, offset?: number): Promise<void>;
  /** As `read`, beside the event loop; see `upload`. */
  download?(target: Uint8Array, offset?: number): Promise<void>;
  release(): void;
}

export interface DeviceRunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of this machine's time, after which a run has failed; heeded by `golden`, which nothing else ends. */
  readonly timeoutMs?: number | undefined;
  /** In a thread beside this one, however short: of back ends that would else do a run of some microseconds at once. */
  readonly beside?: boolean | undefined;
  /** After which a run has failed; heeded by `sim`, where a kernel can go on for ever. */
  readonly limits?: RunLimits;
}

export interface LoadedKernel {
  readonly built: BuiltKernel;
  /** Buffers that the kernel writes are complete when the promise resolves. */
  run(args: KernelArguments, options?: DeviceRunOptions): Promise<RunReport>;
  /**
   * As `run`, but in this thread: the event loop stands still meanwhile, and the call costs about a microsecond. For
   * runs that are over sooner than a thread starts. Arguments that are the same as in the run before are not
   * converted again. Only of back ends that run in this process' own threads.
   * @throws TilewrightError as `run`, and `DEVICE_BUSY` while another run of the device is under way.
   */
  runSync?(args: KernelArguments): RunReport;
}

/** One way of running a kernel. Raw handles never leave a back end. */
export interface Device extends AsyncDisposable {
  readonly name: string;
  load(kernel: BuiltKernel): Promise<LoadedKernel>;
  allocate(bytes: number): DeviceBuffer;
  close(): Promise<void>;
}
