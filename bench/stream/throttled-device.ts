import type {
  Device,
  DeviceBuffer,
  DeviceRunOptions,
  KernelArguments,
  LoadedKernel,
} from '../../host/device/device.ts';
import { type Clock, wallClock } from './clock.ts';

export interface Throttle {
  /** Of each direction of the link to the device; both work at the same time. */
  readonly uploadBytesPerMs: number;
  readonly downloadBytesPerMs: number;
  /** What every run takes, where the device underneath takes no longer. */
  readonly runMs: number;
  readonly clock?: Clock;
}

/** One thing at a time, each for as long as it takes at a declared pace. */
class Lane {
  readonly #clock: Clock;
  #freeAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take(ms: number): Promise<void> {
    this.#freeAt = Math.max(this.#freeAt, this.#clock.now()) + ms;
    await this.#clock.until(this.#freeAt);
  }
}

class ThrottledBuffer implements DeviceBuffer {
  readonly inner: DeviceBuffer;
  readonly bytes: number;
  readonly #upload: (bytes: number) => Promise<void>;
  readonly #download: (bytes: number) => Promise<void>;

  constructor(
    inner: DeviceBuffer,
    upload: (bytes: number) => Promise<void>,
    download: (bytes: number) => Promise<void>,
  ) {
    this.inner = inner;
    this.bytes = inner.bytes;
    this.#upload = upload;
    this.#download = download;
  }

  write(source: Uint8Array, offset?: number): void {
    this.inner.write(source, offset);
  }

  read(target: Uint8Array, offset?: number): void {
    this.inner.read(target, offset);
  }

  async upload(source: Uint8Array, offset?: number): Promise<void> {
    await this.#upload(source.byteLength);
    this.inner.write(source, offset);
  }

  async download(target: Uint8Array, offset?: number): Promise<void> {
    await this.#download(target.byteLength);
    this.inner.read(target, offset);
  }

  release(): void {
    this.inner.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * A device that gives the bits of another at a declared pace: one transfer in each direction and one run at a
 * time, as a card behind a link. Closing it closes the other.
 */
export function throttledDevice(device: Device, throttle: Throttle): Device {
  const { uploadBytesPerMs, downloadBytesPerMs, runMs, clock = wallClock } = throttle;
  const [up, down, running] = [new Lane(clock), new Lane(clock), new Lane(clock)];
  const own = (args: KernelArguments): KernelArguments =>
    Object.fromEntries(
      Object.entries(args).map(([name, value]) => [
        name,
        value instanceof ThrottledBuffer ? value.inner : value,
      ]),
    );
  return {
    name: `throttled ${device.name}`,
    async load(built): Promise<LoadedKernel> {
      const kernel = await device.load(built);
      const run = async (args: KernelArguments, options?: DeviceRunOptions) => {
        const [report] = await Promise.all([kernel.run(own(args), options), running.take(runMs)]);
        return report;
      };
      return { built, run };
    },
    allocate: (bytes) =>
      new ThrottledBuffer(
        device.allocate(bytes),
        (count) => up.take(count / uploadBytesPerMs),
        (count) => down.take(count / downloadBytesPerMs),
      ),
    close: () => device.close(),
    [Symbol.asyncDispose]: () => device.close(),
  };
}
