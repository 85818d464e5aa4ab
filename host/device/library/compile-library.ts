import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { runTool, toolVersion } from '../../../codegen/support/run-tool.ts';
import { artefactStore } from '../../../codegen/support/store.ts';

/**
 * Optimised for this machine's processor, hence its model in the artefact's key. `-ffast-math` and the
 * like have no place here: results are exact.
 */
const optimised = ['-O3', '-march=native'];
/** The first error says most. */
const flags = ['-std=c++17', '-fPIC', '-shared', '-fvisibility=hidden', '-fmax-errors=3', '-Wall'];

const libraryFile = 'library.so';

export interface LibrarySource {
  /** Of the artefact. */
  readonly name: string;
  /** C++ by file name; the first is compiled, and includes the others. */
  readonly files: Readonly<Record<string, string>>;
  /** Besides those that every library has. */
  readonly flags?: readonly string[];
  /** Instead of -O3 and -march=native. */
  readonly optimisation?: readonly string[];
}

/**
 * Compiles C++ with g++ into a shared library; the artefact store keeps it.
 * @returns the library's absolute path.
 * @throws TilewrightError `TOOL_FAILED` with g++'s words, `TOOL_MISSING`, `STORE_UNWRITABLE`.
 */
export async function compileLibrary(source: LibrarySource): Promise<string> {
  const { name, files, optimisation = optimised } = source;
  const allFlags = [...flags, ...optimisation, ...(source.flags ?? [])];
  const key = {
    files,
    flags: allFlags,
    compiler: await toolVersion('g++'),
    processor: `${process.arch} ${cpus()[0]?.model ?? ''}`,
  };
  const { folder } = await artefactStore().build(name, key, async (to) => {
    for (const [file, text] of Object.entries(files)) await writeFile(join(to, file), text);
    const [main = ''] = Object.keys(files);
    await runTool('g++', [...allFlags, '-I', '.', main, '-o', libraryFile], { cwd: to });
  });
  return join(folder, libraryFile);
}
