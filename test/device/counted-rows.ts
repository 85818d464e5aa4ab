import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildManifest } from '../../codegen/package/build-manifest.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { compileLibrary } from '../../host/device/library/compile-library.ts';
import { LibraryDevice } from '../../host/device/library/library-device.ts';
import { sumKernel } from '../hls-cpp/small-kernels.ts';

/** What the first word of a row asks for; counted-rows.cpp has the same. */
export const mode = { fail: 1, print: 2, sleep: 3, tellThread: 4, tellAtOnce: 5 } as const;

export const valueWords = 48;
export const sumWords = 16;

/** A kernel of independent rows, of which only the manifest counts. */
export const countedRows: BuiltKernel = {
  manifest: buildManifest(sumKernel(true), '', new Map(), {
    count: 'rows',
    elements: { values: 2 * valueWords, sums: sumWords },
  }),
  folder: '',
  sourceFile: '',
};

/** Runs counted-rows.cpp whatever the kernel. */
export function countingDevice(threads: number): LibraryDevice {
  return new LibraryDevice({
    ...{ name: 'counting', threads, inParts: true },
    build: async () => {
      const entry = 'codegen/backends/hls-cpp/include/tilewright_entry.h';
      return compileLibrary({
        name: 'counted-rows',
        files: {
          'counted-rows.cpp': await readFile(join(import.meta.dirname, 'counted-rows.cpp'), 'utf8'),
          'tilewright_entry.h': await readFile(join(packageRoot(), entry), 'utf8'),
        },
        optimisation: ['-O1'],
      });
    },
  });
}
