import type { IndependentRows } from '../language/kernel.ts';
import { TilewrightError } from '../support/errors.ts';
import type { KernelModule } from './load-module.ts';
import { sourceFiles } from './source-files.ts';
import { spanOfThrow } from './span-of-throw.ts';

/**
 * What a kernel's file says of its rows, as it is; undefined where it says nothing.
 * @throws TilewrightError `KERNEL_ROWS` where `rows` is no function, or throws.
 */
export function statedRows(
  { definition, file }: KernelModule,
  parameters: Readonly<Record<string, number>>,
): IndependentRows | undefined {
  const { rows } = definition as { readonly rows?: unknown };
  if (rows === undefined) return undefined;
  if (typeof rows !== 'function') {
    throw new TilewrightError(`kernel ${definition.name}: its rows are no function`, {
      code: 'KERNEL_ROWS',
      hint: "Write rows: () => ({ count: 'rows', elements: { input: 16, output: 1 } }).",
    });
  }
  try {
    return definition.rows?.(parameters);
  } catch (cause) {
    const thrown = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    const location = spanOfThrow(cause, sourceFiles(file));
    throw new TilewrightError(`kernel ${definition.name}: its rows() throws: ${thrown}`, {
      code: 'KERNEL_ROWS',
      hint: 'Correct rows() in the kernel file.',
      cause,
      ...(location === undefined ? {} : { location }),
    });
  }
}
