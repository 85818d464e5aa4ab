import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { Device } from '../../host/device/device.ts';

/** Loads a kernel on a device, with buffers that hold a workload; `run` gives milliseconds. */
export async function prepared(device: Device, name: string, fanout: number, drawn: unknown) {
  const built = await buildKernel(name, { fanout });
  const workload = encodeWorkload(built.manifest, drawn);
  const kernel = await device.load(built);
  const buffers = new Map(
    [...workload.buffers].map(([argument, bytes]) => {
      const buffer = device.allocate(bytes.byteLength);
      buffer.write(bytes);
      return [argument, buffer] as const;
    }),
  );
  const args = { ...Object.fromEntries(buffers), ...workload.scalars };
  return { kernel, args, buffers, run: async () => (await kernel.run(args)).hostMs };
}

export type Prepared = Awaited<ReturnType<typeof prepared>>;
