import type { Span } from '../ir/ir.ts';
import { DiagnosticSignal, fail } from './diagnostics.ts';

/** Calls a function of the kernel file, or of JavaScript, at compile time; what it throws is the kernel's error. */
export function callLive(
  live: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  span: Span,
): unknown {
  try {
    return live(...args);
  } catch (error) {
    if (error instanceof DiagnosticSignal) throw error;
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    fail(
      'TW1030',
      span,
      `this call is made at compile time, and throws: ${reason}`,
      'Correct the function, or the values that it is called with.',
    );
  }
}
