import { TilewrightError } from '../../codegen/support/errors.ts';
import type { Device } from './device.ts';
import type { NativeOptions } from './native/native-device.ts';
import type { OpenclDeviceOptions } from './opencl/opencl-device.ts';
import type { SimDeviceOptions } from './sim/sim-device.ts';
import type { XrtDeviceOptions } from './xrt/xrt-device.ts';

/** What `openDevice` passes on; each back end takes what concerns it. */
export type DeviceOptions = SimDeviceOptions &
  NativeOptions &
  XrtDeviceOptions &
  OpenclDeviceOptions;

/** Every back end by name; a new one is a folder beside this file and a line here. */
const openers: Readonly<Record<string, (options: DeviceOptions) => Promise<Device>>> = {
  golden: async () => (await import('./golden/golden-device.ts')).goldenDevice(),
  native: async (options) => (await import('./native/native-device.ts')).nativeDevice(options),
  hls: async (options) => (await import('./hls/hls-device.ts')).hlsDevice(options),
  sim: async (options) => (await import('./sim/sim-device.ts')).simDevice(options),
  xrt: async (options) => (await import('./xrt/xrt-device.ts')).xrtDevice(options),
  opencl: async (options) => (await import('./opencl/opencl-device.ts')).openclDevice(options),
};

export const deviceNames: readonly string[] = Object.keys(openers);

/**
 * Opens a back end: `golden` (the TypeScript), `native` (C++ for this processor),
 * `hls` (the HLS C++ by g++), `sim` (the Verilog, cycle by cycle),
 * `xrt` (a card, or the Verilog behind XRT's hardware emulation), `opencl` (the OpenCL C, on PoCL or any
 * other device).
 */
export async function openDevice(name: string, options: DeviceOptions = {}): Promise<Device> {
  const open = Object.hasOwn(openers, name) ? openers[name] : undefined;
  if (open === undefined) {
    throw new TilewrightError(`there is no device '${name}'`, {
      code: 'UNKNOWN_DEVICE',
      hint: `Devices are ${deviceNames.join(', ')}.`,
      exitCode: 2,
    });
  }
  return open(options);
}
