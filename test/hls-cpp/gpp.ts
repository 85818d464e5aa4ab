import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool } from '../../codegen/support/run-tool.ts';

export const includeFolder = join(packageRoot(), 'codegen', 'backends', 'hls-cpp', 'include');

/** What the specification asks of the generated C++. */
export const strictFlags = [
  '-std=c++17',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-unknown-pragmas',
  '-Wno-unused-label',
];

/** Undefined behaviour of C++ ends the program with a message instead of a lucky result. */
const checkFlags = ['-fsanitize=undefined', '-fno-sanitize-recover=all'];

/**
 * Compiles C++ files and runs the program.
 * @returns the lines of its standard output.
 */
export async function compileAndRun(
  files: Readonly<Record<string, string>>,
  input = '',
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tilewright-hls-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const sources = Object.keys(files).filter((name) => name.endsWith('.cpp'));
    const flags = [...strictFlags, ...checkFlags, '-O0', '-I', includeFolder];
    await runTool('g++', [...flags, ...sources, '-o', 'program'], { cwd: folder });
    const { stdout } = await runTool(join(folder, 'program'), [], { cwd: folder, input });
    return stdout.trimEnd().split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A random integer of `bits` bits with many small, large and one-sided values among them. */
export function oddValue(random: () => number, signed: boolean, bits: number): bigint {
  let value = 0n;
  for (let word = 0; word < bits; word += 32) {
    value = (value << 32n) | BigInt(Math.floor(random() * 2 ** 32));
  }
  const kind = Math.floor(random() * 6);
  if (kind === 0) value &= 3n;
  if (kind === 1) value = ~(value & 3n);
  if (kind === 2) value = (1n << BigInt(bits - 1)) + (value & 3n) - 1n;
  if (kind === 3) value >>= BigInt(Math.floor(random() * bits));
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}
