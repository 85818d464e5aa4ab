import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadKernelModule } from './frontend/load-module.ts';
import type { Parameters } from './language/kernel.ts';
import { TilewrightError } from './support/errors.ts';
import { packageRoot } from './support/package-root.ts';

export interface KernelInfo {
  readonly name: string;
  readonly summary: string;
  /** Absolute path of its TypeScript. */
  readonly file: string;
  readonly parameters: Parameters;
}

function builtinFiles(): string[] {
  const folder = join(packageRoot(), 'kernels');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => join(folder, file));
}

/** The kernels that come with tilewright: one a file in `kernels/`. */
export async function listKernels(): Promise<KernelInfo[]> {
  return Promise.all(
    builtinFiles().map(async (file) => {
      const { definition } = await loadKernelModule(file);
      const { name, summary, parameters } = definition;
      return { name, summary, file, parameters };
    }),
  );
}

/** Absolute path of a kernel's TypeScript, by the name of a built-in kernel or by path. */
export function resolveKernel(nameOrFile: string): string {
  const builtin = join(packageRoot(), 'kernels', `${nameOrFile.replaceAll('_', '-')}.ts`);
  if (/^[a-z][a-z0-9_]*$/.test(nameOrFile) && existsSync(builtin)) return builtin;
  const path = resolve(nameOrFile);
  if (existsSync(path) && (nameOrFile.includes('/') || nameOrFile.endsWith('.ts'))) {
    if (nameOrFile.endsWith('.ts') && statSync(path).isFile()) return path;
    throw new TilewrightError(`${nameOrFile} is no TypeScript file`, {
      code: 'KERNEL_FILE',
      hint: 'A kernel is one file whose name ends in .ts, e.g. ./my-kernel.ts.',
    });
  }
  const names = builtinFiles().map((file) =>
    file.slice(file.lastIndexOf('/') + 1, -'.ts'.length).replaceAll('-', '_'),
  );
  throw new TilewrightError(
    nameOrFile.endsWith('.ts') || nameOrFile.includes('/')
      ? `there is no kernel file ${nameOrFile}`
      : `there is no kernel '${nameOrFile}'`,
    {
      code: 'UNKNOWN_KERNEL',
      hint: `Built-in kernels are ${new Intl.ListFormat('en').format(names)}; or give the path of a kernel file, e.g. ./my-kernel.ts.`,
    },
  );
}
