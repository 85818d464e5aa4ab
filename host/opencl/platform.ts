import { TilewrightError } from '../../codegen/support/errors.ts';
import { infoNumber, infoText } from './info.ts';
import { type Handle, howToInstall, openclLibrary } from './library.ts';
import { check, statusName } from './status.ts';

export type DeviceKind = 'cpu' | 'gpu' | 'accelerator' | 'custom';

/** One device of OpenCL, and what it says of itself. */
export interface OpenclDevice {
  readonly handle: Handle;
  readonly platform: OpenclPlatform;
  readonly name: string;
  readonly kind: DeviceKind;
  /** As the device tells it, e.g. `OpenCL 1.2 pocl HSTR: …`. */
  readonly version: string;
  readonly driver: string;
  readonly computeUnits: number;
  /** Bytes of the largest buffer. */
  readonly largestBuffer: number;
  readonly memoryBytes: number;
  /** Its addresses are this process's own: buffers over host memory are used where they lie. */
  readonly sharesMemory: boolean;
  readonly littleEndian: boolean;
  readonly hasCompiler: boolean;
}

export interface OpenclPlatform {
  readonly handle: Handle;
  readonly name: string;
  readonly vendor: string;
  readonly version: string;
  readonly devices: readonly OpenclDevice[];
}

const kinds: readonly (readonly [number, DeviceKind])[] = [
  [2, 'cpu'],
  [4, 'gpu'],
  [8, 'accelerator'],
];
const everyKind = 0xffffffff;

/** What the standard answers where there is none. */
const noDevice = -1;
const noPlatform = -1001;

function handles(
  what: string,
  ask: (count: number, into: BigUint64Array | null, found: Uint32Array) => number,
): readonly bigint[] {
  const found = new Uint32Array(1);
  const status = ask(0, null, found);
  if (status === noDevice || status === noPlatform) return [];
  check(what, status);
  const list = new BigUint64Array(found[0]);
  if (list.length > 0) check(what, ask(list.length, list, found));
  return [...list];
}

function describeDevice(platform: OpenclPlatform, handle: Handle): OpenclDevice {
  const { clGetDeviceInfo } = openclLibrary();
  const what = `clGetDeviceInfo of platform ${platform.name}`;
  const ask = (...args: readonly unknown[]) => clGetDeviceInfo(handle, ...args);
  const type = infoNumber(what, ask, 0x1000);
  return {
    handle,
    platform,
    name: infoText(what, ask, 0x102b),
    kind: kinds.find(([bit]) => (type & bit) !== 0)?.[1] ?? 'custom',
    version: infoText(what, ask, 0x102f),
    driver: infoText(what, ask, 0x102d),
    computeUnits: infoNumber(what, ask, 0x1002),
    largestBuffer: infoNumber(what, ask, 0x1010),
    memoryBytes: infoNumber(what, ask, 0x101f),
    sharesMemory: infoNumber(what, ask, 0x1035) !== 0,
    littleEndian: infoNumber(what, ask, 0x1026) !== 0,
    hasCompiler: infoNumber(what, ask, 0x1028) !== 0,
  };
}

/**
 * Every platform and its devices, in the loader's order; empty where no driver is installed.
 * @throws TilewrightError `OPENCL_MISSING`, `OPENCL_STATUS`.
 */
export function openclPlatforms(): readonly OpenclPlatform[] {
  const { clGetPlatformIDs, clGetPlatformInfo, clGetDeviceIDs } = openclLibrary();
  return handles('clGetPlatformIDs', clGetPlatformIDs).map((handle) => {
    const ask = (...args: readonly unknown[]) => clGetPlatformInfo(handle, ...args);
    const text = (name: number) => infoText('clGetPlatformInfo', ask, name);
    const devices: OpenclDevice[] = [];
    const platform: OpenclPlatform = {
      handle,
      name: text(0x0902),
      vendor: text(0x0903),
      version: text(0x0901),
      devices,
    };
    const found = handles(`clGetDeviceIDs of ${platform.name}`, (count, into, number) =>
      clGetDeviceIDs(handle, everyKind, count, into, number),
    );
    devices.push(...found.map((one) => describeDevice(platform, one)));
    return platform;
  });
}

/** One of a list by its number, or by a part of its name. */
function pick<T extends { readonly name: string }>(list: readonly T[], wanted: string): T[] {
  if (/^\d+$/.test(wanted)) return list.slice(Number(wanted), Number(wanted) + 1);
  const part = wanted.toLowerCase();
  return list.filter(({ name }) => name.toLowerCase().includes(part));
}

/** The variable that chooses a device where a program does not. */
export const deviceVariable = 'TILEWRIGHT_OPENCL';

/** The way to another device; in a shell that `tilewright env` has set up the loader shows XRT's alone. */
export function wayToDevices(environment: NodeJS.ProcessEnv = process.env): string {
  const vendors = environment['OCL_ICD_VENDORS'] ?? '';
  const run = `Run: ${howToInstall}`;
  return vendors === ''
    ? run
    : `OpenCL looks in OCL_ICD_VENDORS=${vendors} alone: unset it. ${run}`;
}

/**
 * The device to use: `platform:device`, each a number from 0 or a part of a name, either of which may be left
 * out (`pocl`, `:1`, `nvidia:0`). By default what TILEWRIGHT_OPENCL says; then the first device that compiles
 * OpenCL C.
 * @throws TilewrightError `OPENCL_MISSING` without OpenCL, `OPENCL_NO_DEVICE` without a driver or a match.
 */
export function chooseDevice(
  wanted: string | undefined = process.env[deviceVariable],
  platforms: readonly OpenclPlatform[] = openclPlatforms(),
): OpenclDevice {
  const all = platforms.flatMap(({ devices }) => devices);
  if (all.length === 0) {
    throw new TilewrightError(
      platforms.length === 0
        ? `OpenCL finds no platform (CL_${statusName(noPlatform)}): no driver is installed`
        : 'OpenCL finds no device on any platform',
      { code: 'OPENCL_NO_DEVICE', hint: wayToDevices() },
    );
  }
  if (wanted === undefined || wanted === '') {
    return all.find(({ hasCompiler, littleEndian }) => hasCompiler && littleEndian) ?? all[0];
  }
  const [platform, ...rest] = wanted.split(':');
  const device = rest.join(':');
  const named = platform === '' ? platforms : pick(platforms, platform);
  const chosen = named.flatMap(({ devices }) => (device === '' ? devices : pick(devices, device)));
  if (chosen.length > 0) return chosen[0];
  const list = platforms.flatMap(({ name, devices }, at) =>
    devices.map((one, number) => `${at}:${number} is ${name}: ${one.name}`),
  );
  throw new TilewrightError(`there is no OpenCL device '${wanted}'`, {
    code: 'OPENCL_NO_DEVICE',
    hint: `Write PLATFORM:DEVICE, numbers or parts of names; ${list.join('; ')}.`,
    exitCode: 2,
  });
}
