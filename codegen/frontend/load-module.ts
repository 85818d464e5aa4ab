import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Arguments, KernelDefinition, Parameters } from '../language/kernel.ts';
import { TilewrightError } from '../support/errors.ts';
import { reservedWords } from '../support/reserved-words.ts';
import { type Diagnostic, diagnosticsError } from './diagnostics.ts';
import { type RunFile, runFiles } from './run-files.ts';
import { readSource, sourceFiles } from './source-files.ts';
import { nameImports, sourceName } from './source-name.ts';
import { spanOfThrow } from './span-of-throw.ts';
import { isTooDeep, tooDeep } from './too-deep.ts';

/** A TypeScript file, and every name of its top level as it is when the file runs in Node. */
export interface LoadedFile {
  readonly file: string;
  readonly source: string;
  readonly live: Readonly<Record<string, unknown>>;
}

export interface KernelModule extends LoadedFile {
  /** The files that it imports by a relative path, and those that they import. */
  readonly imports: readonly LoadedFile[];
  readonly definition: KernelDefinition<Parameters, Arguments>;
}

/** A module that cannot be loaded: TypeScript's own errors where it has any, else the line that threw. */
async function whyNotRun(files: readonly string[], cause: unknown): Promise<TilewrightError> {
  const [file, ...imported] = files;
  if (isTooDeep(cause)) return tooDeep(file, cause);
  const diagnostics = await typeErrors(files);
  if (diagnostics.length > 0) return diagnosticsError(diagnostics, file, imported);
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  const span = spanOfThrow(cause, files);
  if (span !== undefined) {
    return diagnosticsError(
      [
        {
          code: 'TW4012',
          span: { ...span, file: sourceName(span.file) },
          message: `this throws when the file is loaded: ${reason}`,
          hint: 'A kernel file must run in Node as it is; correct what its top level computes.',
        },
      ],
      file,
      imported,
    );
  }
  return new TilewrightError(`${file} does not run in Node: ${reason}`, {
    code: 'KERNEL_MODULE',
    hint: 'A kernel file must run as it is; check its imports.',
    cause,
  });
}

/** What TypeScript says about the files; imported only here, so that a run alone loads no compiler. */
async function typeErrors(files: readonly string[]): Promise<readonly Diagnostic[]> {
  const { checkTypes, parseKernel } = await import('./project.ts');
  return files
    .map((file) => parseKernel(file, readFileSync(file, 'utf8')))
    .reverse()
    .flatMap(checkTypes);
}

function isDefinition(value: unknown): value is KernelDefinition<Parameters, Arguments> {
  const one = (value ?? {}) as Partial<KernelDefinition<Parameters, Arguments>>;
  return (
    typeof one.name === 'string' &&
    typeof one.parameters === 'object' &&
    one.parameters !== null &&
    [one.arguments, one.dataflow, one.workload].every((part) => typeof part === 'function')
  );
}

/**
 * Runs a kernel file in Node as it is. Its top-level values come back too, so that the compiler uses
 * the very constants and tables that the golden model does.
 */
export async function loadKernelModule(path: string): Promise<KernelModule> {
  const file = resolve(path);
  const source = readSource(file);
  const files = sourceFiles(file);
  const imported = files.slice(1);
  const texts = [source, ...imported.map((one) => readFileSync(one, 'utf8'))];
  nameImports(file, imported);
  let run: readonly RunFile[];
  try {
    run = await runFiles(files);
  } catch (cause) {
    throw await whyNotRun(files, cause);
  }
  const definition = run[0].exports['default'];
  if (!isDefinition(definition)) {
    const diagnostics = await typeErrors(files);
    if (diagnostics.length > 0) throw diagnosticsError(diagnostics, file, imported);
    throw new TilewrightError(`${path} does not export a kernel`, {
      code: 'KERNEL_EXPORT',
      hint: "Write: export default kernel({ name, summary, parameters, arguments, dataflow, workload }) from 'tilewright/language'.",
    });
  }
  if (reservedWords.has(definition.name)) {
    throw new TilewrightError(`${path}: '${definition.name}' is a word of Verilog or C++`, {
      code: 'KERNEL_NAME',
      hint: `Give the kernel another name, e.g. my_${definition.name}.`,
    });
  }
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(definition.name)) {
    throw new TilewrightError(`${path}: '${definition.name}' is no kernel name`, {
      code: 'KERNEL_NAME',
      hint: 'Use lower-case letters, digits and underscores, starting with a letter; 64 at most.',
    });
  }
  const loaded = files.map((one, at) => ({ file: one, source: texts[at], live: run[at].live }));
  return { ...loaded[0], definition, imports: loaded.slice(1) };
}

/** All that a kernel's hash covers: its text, and that of the files that it imports. */
export function hashedSource({ source, imports }: KernelModule): string {
  if (imports.length === 0) return source;
  const others = imports.map((one) => [sourceName(one.file), one.source]);
  return JSON.stringify([source, ...others.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
