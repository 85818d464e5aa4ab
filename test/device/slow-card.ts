import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { Device, DeviceBuffer } from '../../host/device/device.ts';
import { eventually, leftovers } from './leftovers.ts';

/** Memory so slow that a run of `startLongRun` takes a minute, and one of a few rows does not. */
export const slowMemory = { latency: 2000, outstanding: 1 };

/** A run that will not end by itself while a test lasts; resolves when it is under way. */
export async function startLongRun(device: Device, signal?: AbortSignal) {
  const kernel = await buildKernel('mean_aggregate');
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const drawn = definition.workload(kernel.manifest.parameters, seededRandom(1), 8192);
  const workload = encodeWorkload(kernel.manifest, drawn as Record<string, unknown>);
  const loaded = await device.load(kernel);
  const buffers: Record<string, DeviceBuffer> = {};
  for (const [name, bytes] of workload.buffers) {
    buffers[name] = device.allocate(bytes.length);
    buffers[name].write(bytes);
  }
  const done = loaded.run({ ...workload.scalars, ...buffers }, { signal });
  done.catch(() => undefined);
  const emulators = () => leftovers().filter((line) => line.includes('tilewright-emulator'));
  await eventually(() => emulators().length > 0);
  // Loading and carrying the buffers over take less than this.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const release = () => {
    for (const buffer of Object.values(buffers)) buffer.release();
  };
  return { done, release };
}
