import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { Device } from '../../host/device/device.ts';
import { HostBuffer } from '../../host/device/host-buffer.ts';

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

/**
 * The memory of a buffer of `native`, for a yardstick: who reads it reads the very pages that the kernel does. How
 * large the pages of an array of Node's are is luck, and that is worth a factor of two.
 */
export function inPlace({ buffers }: Prepared, name: string): ArrayBufferView<ArrayBuffer> {
  const buffer = buffers.get(name);
  if (!(buffer instanceof HostBuffer)) throw new Error(`no buffer of this process: ${name}`);
  return buffer.data as Uint8Array<ArrayBuffer>;
}

export type Prepared = Awaited<ReturnType<typeof prepared>>;
