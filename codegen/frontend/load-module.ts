import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createJiti } from 'jiti';
import type { Arguments, KernelDefinition, Parameters } from '../language/kernel.ts';
import { TilewrightError } from '../support/errors.ts';
import { packageRoot } from '../support/package-root.ts';
import { reservedWords } from '../support/reserved-words.ts';
import { diagnosticsError } from './diagnostics.ts';
import { sourceName } from './source-name.ts';
import { spanOfThrow } from './span-of-throw.ts';

/** A TypeScript file, and every name of its top level as it is when the file runs in Node. */
export interface LoadedFile {
  readonly file: string;
  readonly source: string;
  readonly live: Readonly<Record<string, unknown>>;
}

export interface KernelModule extends LoadedFile {
  /** The files that it imports by a relative path, each after those that it imports itself. */
  readonly imports: readonly LoadedFile[];
  readonly definition: KernelDefinition<Parameters, Arguments>;
}

/** What `tilewright/language` resolves to: the sources of a checkout, else the built package. */
export function languageEntry(): string {
  const source = join(packageRoot(), 'codegen', 'language', 'index.ts');
  return existsSync(source) ? source : join(packageRoot(), 'dist', 'language.mjs');
}

/** Top-level names that the appended export can mention: imports, constants, functions. */
function topLevelNames(source: string): string[] {
  const names = new Set<string>();
  for (const [, name] of source.matchAll(
    /^(?:export\s+)?(?:const|let|function)\s+([A-Za-z_$][\w$]*)/gm,
  )) {
    names.add(name);
  }
  for (const [, list] of source.matchAll(/^import\s*(?!type\b)\{([^}]*)\}/gm)) {
    for (const part of list.split(',')) {
      const match = /^\s*(?!type\s)(?:[\w$]+\s+as\s+)?([\w$]+)\s*$/.exec(part);
      if (match !== null) names.add(match[1]);
    }
  }
  return [...names];
}

/** What a file imports by relative paths, and what that imports: the deepest first, each once. */
function importedFiles(file: string, source: string): string[] {
  const found = new Set<string>();
  const visit = (path: string, text: string, above: readonly string[]): void => {
    for (const [, specifier] of text.matchAll(
      /^import\s[^'"]*?from\s+['"](\.{1,2}\/[^'"]+)['"]/gm,
    )) {
      const target = resolve(dirname(path), specifier);
      if (found.has(target) || above.includes(target) || !existsSync(target)) continue;
      visit(target, readFileSync(target, 'utf8'), [...above, target]);
      found.add(target);
    }
  };
  visit(file, source, [file]);
  return [...found];
}

/** A module that cannot be loaded: TypeScript's own errors where it has any, else the line that threw. */
async function whyNotRun(file: string, source: string, cause: unknown): Promise<TilewrightError> {
  // Imported only here, so that a run that needs no compiler does not load one.
  const { checkTypes, parseKernel } = await import('./project.ts');
  const diagnostics = checkTypes(parseKernel(file, source));
  if (diagnostics.length > 0) return diagnosticsError(diagnostics, file);
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  const span = spanOfThrow(cause, file, source);
  if (span !== undefined) {
    return diagnosticsError(
      [
        {
          code: 'TW4012',
          span: { ...span, file: sourceName(file) },
          message: `this throws when the file is loaded: ${reason}`,
          hint: 'A kernel file must run in Node as it is; correct what its top level computes.',
        },
      ],
      file,
    );
  }
  return new TilewrightError(`${file} does not run in Node: ${reason}`, {
    code: 'KERNEL_MODULE',
    hint: 'A kernel file must run as it is; check its imports.',
    cause,
  });
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
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TilewrightError(`cannot read the kernel file ${path}`, {
      code: 'KERNEL_FILE',
      hint: 'Give the path of a TypeScript file, or the name of a kernel that `tilewright kernels` lists.',
      cause,
    });
  }
  const jiti = createJiti(file, {
    alias: { 'tilewright/language': languageEntry() },
    fsCache: false,
    moduleCache: true,
    interopDefault: false,
  });
  const run = (path: string, text: string) => {
    const exported = `export const __tilewright = { ${topLevelNames(text).join(', ')} };`;
    const options = { filename: path, async: true } as const;
    return jiti.evalModule(`${text}\n;${exported}\n`, options) as Promise<Record<string, unknown>>;
  };
  let module: Record<string, unknown>;
  const imports: LoadedFile[] = [];
  try {
    module = await run(file, source);
    for (const path of importedFiles(file, source)) {
      const text = readFileSync(path, 'utf8');
      imports.push({ file: path, source: text, live: liveNames(await run(path, text)) });
    }
  } catch (cause) {
    throw await whyNotRun(file, source, cause);
  }
  const definition = module['default'] as KernelDefinition<Parameters, Arguments> | undefined;
  if (!isDefinition(definition)) {
    const { checkTypes, parseKernel } = await import('./project.ts');
    const diagnostics = checkTypes(parseKernel(file, source));
    if (diagnostics.length > 0) throw diagnosticsError(diagnostics, file);
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
  if (!/^[a-z][a-z0-9_]*$/.test(definition.name)) {
    throw new TilewrightError(`${path}: '${definition.name}' is no kernel name`, {
      code: 'KERNEL_NAME',
      hint: 'Use lower-case letters, digits and underscores, starting with a letter.',
    });
  }
  return { file, source, definition, imports, live: liveNames(module) };
}

function liveNames(module: Record<string, unknown>): Record<string, unknown> {
  return module['__tilewright'] as Record<string, unknown>;
}
