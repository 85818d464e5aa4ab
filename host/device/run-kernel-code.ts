import { sourceFiles, spanOfThrow } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { BuiltKernel } from './built-kernel.ts';

/** Also where the kernel's file was loaded with a copy of the language of its own. */
function isOurs(thrown: unknown): thrown is TilewrightError {
  return thrown instanceof Error && thrown.name === 'TilewrightError' && 'exitCode' in thrown;
}

/**
 * Runs what a kernel's author wrote. What it throws names the line of the kernel's files that is at
 * fault: neither an assertion nor an index past the end is a bug of ours.
 * @throws TilewrightError `KERNEL_THROWS` for anything that is no TilewrightError already.
 */
export function runKernelCode<T>(kernel: BuiltKernel, part: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const location = spanOfThrow(cause, sourceFiles(kernel.sourceFile));
    if (isOurs(cause)) {
      const { message, code, hint, details, exitCode } = cause;
      const place = cause.location ?? location;
      throw new TilewrightError(message, {
        code,
        exitCode,
        cause,
        ...(place === undefined ? {} : { location: place }),
        ...(hint === undefined ? {} : { hint }),
        ...(details === undefined ? {} : { details }),
      });
    }
    const thrown = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new TilewrightError(`${kernel.manifest.kernel}: its ${part} throws: ${thrown}`, {
      code: 'KERNEL_THROWS',
      hint: `Correct ${part} in the kernel file.`,
      cause,
      ...(location === undefined ? {} : { location }),
    });
  }
}
