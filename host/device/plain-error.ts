import { TilewrightError, type TilewrightErrorOptions } from '../../codegen/support/errors.ts';

/** An error that crosses from one process to another. */
export interface PlainError extends Omit<TilewrightErrorOptions, 'cause'> {
  readonly message: string;
}

/** @param code of an error that is none of ours. */
export function plainError(error: unknown, code: string): PlainError {
  if (!(error instanceof TilewrightError)) {
    return { message: error instanceof Error ? error.message : String(error), code };
  }
  const { message, hint, location, details, exitCode } = error;
  return {
    ...{ message, code: error.code, exitCode },
    ...(hint === undefined ? {} : { hint }),
    ...(location === undefined ? {} : { location }),
    ...(details === undefined ? {} : { details }),
  };
}

export function revivedError({ message, ...options }: PlainError): TilewrightError {
  return new TilewrightError(message, options);
}
