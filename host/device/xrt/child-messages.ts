import type { PlainError } from '../plain-error.ts';
import type { RunRequest } from './xrt-calls.ts';

/** What the process that hosts XRT's emulation is asked to do; it answers each by its number. */
export type ChildRequest = { readonly number: number } & (
  | { readonly call: 'open'; readonly xclbin: string }
  | { readonly call: 'openKernel'; readonly name: string; readonly registers: readonly number[] }
  | { readonly call: 'run'; readonly request: RunRequest }
  | { readonly call: 'forget'; readonly buffer: number }
  | { readonly call: 'close' }
);

export type ChildAnswer =
  /** The process is up: it takes requests now. */
  | { readonly ready: true }
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: PlainError };
