import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createJiti } from 'jiti';
import type { Arguments, KernelDefinition, Parameters } from '../language/kernel.ts';
import { TilewrightError } from '../support/errors.ts';
import { packageRoot } from '../support/package-root.ts';
import { diagnosticsError } from './diagnostics.ts';
import { sourceName } from './source-name.ts';
import { spanOfThrow } from './span-of-throw.ts';

export interface KernelModule {
  readonly file: string;
  readonly source: string;
  readonly definition: KernelDefinition<Parameters, Arguments>;
  /** Every name of the module's top level, as it is when the module runs in Node. */
  readonly live: Readonly<Record<string, unknown>>;
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

/** A module that cannot be loaded: TypeScript's own errors where it has any, else the line that threw. */
async function whyNotRun(file: string, source: string, cause: unknown): Promise<TilewrightError> {
  // Imported only here, so that a run that needs no compiler does not load one.
  const { checkTypes, parseKernel } = await import('./project.ts');
  const diagnostics = checkTypes(parseKernel(file, source));
  if (diagnostics.length > 0) return diagnosticsError(diagnostics, file);
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  const span = spanOfThrow(cause, file);
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
  const exported = `export const __tilewright = { ${topLevelNames(source).join(', ')} };`;
  let module: Record<string, unknown>;
  try {
    module = (await jiti.evalModule(`${source}\n;${exported}\n`, {
      filename: file,
      async: true,
    })) as Record<string, unknown>;
  } catch (cause) {
    throw await whyNotRun(file, source, cause);
  }
  const definition = module['default'] as KernelDefinition<Parameters, Arguments> | undefined;
  if (typeof definition?.dataflow !== 'function' || typeof definition.name !== 'string') {
    const { checkTypes, parseKernel } = await import('./project.ts');
    const diagnostics = checkTypes(parseKernel(file, source));
    if (diagnostics.length > 0) throw diagnosticsError(diagnostics, file);
    throw new TilewrightError(`${path} does not export a kernel`, {
      code: 'KERNEL_EXPORT',
      hint: "Write: export default kernel({ name, summary, parameters, arguments, dataflow, workload }) from 'tilewright/language'.",
    });
  }
  if (!/^[a-z][a-z0-9_]*$/.test(definition.name)) {
    throw new TilewrightError(`${path}: '${definition.name}' is no kernel name`, {
      code: 'KERNEL_NAME',
      hint: 'Use lower-case letters, digits and underscores, starting with a letter.',
    });
  }
  return { file, source, definition, live: module['__tilewright'] as Record<string, unknown> };
}
