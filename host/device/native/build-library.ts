import { basename } from 'node:path';
import type { BuiltKernel } from '../built-kernel.ts';
import { compileKernel, kernelSource } from '../library/kernel-source.ts';
import type { NativeOptions } from './native-device.ts';

/** The emitted code throws nothing; what it declares and does not use says nothing about the kernel. */
const flags = [
  '-Wextra',
  '-Wno-unused-label',
  '-Wno-unused-variable',
  '-Wno-psabi',
  '-fno-exceptions',
  '-fno-rtti',
];

/**
 * Compiles the kernel's C++ for processors with g++ into a shared library; the artefact store keeps it.
 * @returns the library's absolute path.
 * @throws TilewrightError `NATIVE_NO_SOURCE`, `NATIVE_COMPILE`, `TOOL_MISSING`, `STORE_UNWRITABLE`.
 */
export async function buildNativeLibrary(
  built: BuiltKernel,
  { quick = false }: Pick<NativeOptions, 'quick'> = {},
): Promise<string> {
  const { path, text } = await kernelSource(built, 'cpu', 'C++ for processors');
  return compileKernel(path, {
    name: `native-${built.manifest.kernel}`,
    files: { [basename(path)]: text },
    flags,
    ...(quick ? { optimisation: ['-O1', '-march=native'] } : {}),
  });
}
