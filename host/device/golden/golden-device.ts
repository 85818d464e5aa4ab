import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { type GoldenArguments, loadKernelModule, runGolden } from '../../../codegen/index.ts';
import type { BuiltKernel } from '../built-kernel.ts';
import type {
  Device,
  DeviceBuffer,
  DeviceRunOptions,
  KernelArguments,
  LoadedKernel,
  RunReport,
} from '../device.ts';
import { DeviceLife } from '../device-life.ts';
import { HostBuffer } from '../host-buffer.ts';
import { checkArguments, noBuffer } from '../kernel-arguments.ts';
import { runKernelCode } from '../run-kernel-code.ts';
import { nameFault } from './name-fault.ts';
import { runInterruptible } from './run-interruptible.ts';

type Definition = Awaited<ReturnType<typeof loadKernelModule>>['definition'];

class GoldenKernel implements LoadedKernel {
  readonly built: BuiltKernel;
  readonly #definition: Definition;

  constructor(built: BuiltKernel, definition: Definition) {
    this.built = built;
    this.#definition = definition;
  }

  async run(
    args: KernelArguments,
    { signal, timeoutMs }: DeviceRunOptions = {},
  ): Promise<RunReport> {
    // A signal that came until now is heard here, one that comes later by the run itself.
    await setImmediate();
    signal?.throwIfAborted();
    checkArguments(this.built.manifest, args);
    const plain: Record<string, Uint8Array | number | bigint> = {};
    for (const [name, value] of Object.entries(args)) {
      if (typeof value === 'number' || typeof value === 'bigint') plain[name] = value;
      else if (value instanceof HostBuffer) plain[name] = value.data;
      else throw noBuffer(this.built.manifest, name, value);
    }
    const begin = performance.now();
    const { kernel, parameters } = this.built.manifest;
    const golden = () => {
      try {
        return runGolden(this.#definition, parameters, plain as GoldenArguments);
      } catch (error) {
        throw nameFault(this.built, error);
      }
    };
    const { ports, log, elements } = runKernelCode(this.built, 'dataflow()', () =>
      runInterruptible(`${kernel} in TypeScript`, golden, timeoutMs),
    );
    return {
      hostMs: performance.now() - begin,
      log,
      elements,
      ports: ports.map(({ name, bursts, beats }) => ({ port: `m_axi_${name}`, bursts, beats })),
    };
  }
}

/** The golden model: the kernel's TypeScript, run in this process as it is. Its port counts are the useful beats. */
export function goldenDevice(): Device {
  const life = new DeviceLife('golden');
  return {
    name: 'golden',
    async load(built) {
      life.check();
      const { definition } = await loadKernelModule(built.sourceFile);
      return new GoldenKernel(built, definition);
    },
    allocate(bytes): DeviceBuffer {
      life.check();
      return new HostBuffer(bytes);
    },
    close: async () => life.end(),
    [Symbol.asyncDispose]: async () => life.end(),
  };
}
