import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { RunRequest } from './xrt-calls.ts';

/** What the process that hosts XRT's emulation is asked to do; it answers each by its number. */
export type ChildRequest = { readonly number: number } & (
  | { readonly call: 'open'; readonly xclbin: string }
  | { readonly call: 'openKernel'; readonly name: string; readonly registers: readonly number[] }
  | { readonly call: 'run'; readonly request: RunRequest }
  | { readonly call: 'forget'; readonly buffer: number }
  | { readonly call: 'close' }
);

/** An error that crosses from one process to the other. */
export interface PlainError {
  readonly message: string;
  readonly code: string;
  readonly hint?: string | undefined;
}

export type ChildAnswer =
  /** The process is up: it takes requests now. */
  | { readonly ready: true }
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: PlainError };

export function plainError(error: unknown): PlainError {
  if (error instanceof TilewrightError) {
    const { message, code, hint } = error;
    return { message, code, hint };
  }
  return { message: error instanceof Error ? error.message : String(error), code: 'XRT_CHILD' };
}

export function revivedError({ message, code, hint }: PlainError): TilewrightError {
  return new TilewrightError(message, { code, ...(hint === undefined ? {} : { hint }) });
}
