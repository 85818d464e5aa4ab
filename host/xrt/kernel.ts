import { NativeHandle } from '../ffi/native-handle.ts';
import type { XrtDevice } from './device.ts';
import type { Pointer } from './library.ts';
import { takeMessages } from './message-log.ts';
import { XrtRun } from './run.ts';
import { check, xrtError } from './xrt-error.ts';

/** A kernel of the xclbin that is loaded: one or several compute units. `XrtDevice.kernel` opens it. */
export class XrtKernel extends NativeHandle<Pointer> {
  readonly device: XrtDevice;
  readonly name: string;

  constructor(device: XrtDevice, raw: Pointer, name: string) {
    const { library } = device;
    super(
      'XRT kernel',
      raw,
      (handle) => check(`closing ${name}`, library.kernelClose(handle)),
      device,
    );
    this.device = device;
    this.name = name;
  }

  /**
   * The memory bank that an argument is connected to.
   * @param index of the argument, from 0.
   * @throws TilewrightError `XRT_STATUS` for a scalar, or when compute units differ in it.
   */
  group(index: number): number {
    takeMessages();
    const group = this.device.library.argumentGroup(this.raw, index);
    if (group < 0) throw xrtError(`the memory bank of argument ${index} of ${this.name}`, group);
    return group;
  }

  /** Byte offset of an argument's register in the compute unit. */
  offset(index: number): number {
    return this.device.library.argumentOffset(this.raw, index);
  }

  /** A register of the one compute unit that is open exclusively. @throws TilewrightError `XRT_STATUS`. */
  readRegister(offset: number): number {
    const value = new Uint32Array(1);
    takeMessages();
    const { library } = this.device;
    check(
      `reading register ${offset} of ${this.name}`,
      library.readRegister(this.raw, offset, value),
    );
    return value[0] ?? 0;
  }

  /** See `readRegister`. */
  writeRegister(offset: number, value: number): void {
    takeMessages();
    const { library } = this.device;
    check(
      `writing register ${offset} of ${this.name}`,
      library.writeRegister(this.raw, offset, value),
    );
  }

  /** A run that can be started again and again. @throws TilewrightError `XRT_STATUS`. */
  run(): XrtRun {
    takeMessages();
    const raw = this.device.library.runOpen(this.raw);
    if (raw === null) throw xrtError(`making a run of ${this.name}`);
    return new XrtRun(this, raw);
  }
}
