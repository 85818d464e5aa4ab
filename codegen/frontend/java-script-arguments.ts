import type { Span } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { type FunctionValue, inlineCall } from './inline.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { spanOf } from './source-span.ts';
import { staticOf, type Value } from './values.ts';

/** A function of the kernel, called with compile-time arguments from JavaScript (`list.map((x) => …)`). */
function asJavaScript(
  callee: FunctionValue,
  builder: ProcessBuilder,
  span: Span,
): (...args: unknown[]) => unknown {
  return (...args) => {
    const given = args.map((value): Value => ({ kind: 'static', value }));
    builder.pureDepth += 1;
    try {
      const result = staticOf(inlineCall(callee, given, builder, span));
      if (result !== undefined) return result.value;
    } finally {
      builder.pureDepth -= 1;
    }
    return fail(
      'TW1013',
      spanOf(callee.declaration),
      'this function must be known at compile time',
      'Use parameters and constants only.',
    );
  };
}

/** Compile-time values as JavaScript takes them; undefined where one is known to the hardware only. */
export function javaScriptArguments(
  args: readonly Value[],
  builder: ProcessBuilder,
  span: Span,
): readonly unknown[] | undefined {
  const known: unknown[] = [];
  for (const one of args) {
    if (one.kind === 'function' && one.live === undefined) {
      known.push(asJavaScript(one, builder, span));
      continue;
    }
    const value = staticOf(one);
    if (value === undefined) return undefined;
    known.push(value.value);
  }
  return known;
}
