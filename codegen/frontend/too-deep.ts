import { TilewrightError } from '../support/errors.ts';

/** The compiler, TypeScript's and ours, follows an expression as deep as it is nested. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof Error && /Maximum call stack size exceeded/.test(error.message);
}

export function tooDeep(file: string, cause: unknown): TilewrightError {
  return new TilewrightError(`${file}: an expression is nested too deep to be compiled`, {
    code: 'KERNEL_TOO_DEEP',
    hint: 'Give parts of the longest expression names of their own: const part = …',
    cause,
  });
}
