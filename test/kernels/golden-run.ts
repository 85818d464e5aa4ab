import { loadKernelModule, resolveKernel, runGolden } from '../../codegen/index.ts';
import type { GoldenReport } from '../../codegen/language/golden.ts';

type Definition = Awaited<ReturnType<typeof loadKernelModule>>['definition'];

/** Whole beats of an array's bytes, zero-padded; at least one. */
export function beatsOf(array: ArrayBufferView): Uint8Array {
  const { buffer, byteOffset, byteLength } = array;
  const whole = new Uint8Array(Math.max(64, Math.ceil(byteLength / 64) * 64));
  whole.set(new Uint8Array(buffer, byteOffset, byteLength));
  return whole;
}

/** A kernel as its TypeScript, by name or file: call it with arrays and scalars. */
export async function goldenKernel(nameOrFile: string) {
  const { definition } = (await loadKernelModule(resolveKernel(nameOrFile))) as {
    definition: Definition;
  };
  return {
    definition,
    /** Runs it; `outputs` are changed in place. Returns the beats that each port was asked for. */
    run(
      parameters: Readonly<Record<string, number>>,
      inputs: Readonly<Record<string, ArrayBufferView | number>>,
      outputs: Readonly<Record<string, ArrayBufferView>>,
    ): GoldenReport {
      const given: Record<string, Uint8Array | number> = {};
      for (const [name, value] of Object.entries(inputs)) {
        given[name] = typeof value === 'number' ? value : beatsOf(value);
      }
      const written = Object.entries(outputs).map(([name, array]) => {
        const bytes = beatsOf(array);
        given[name] = bytes;
        return { array, bytes };
      });
      const report = runGolden(definition, parameters, given);
      for (const { array, bytes } of written) {
        const { buffer, byteOffset, byteLength } = array;
        new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(0, byteLength));
      }
      return report;
    },
  };
}
