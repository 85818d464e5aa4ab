import type { Span } from '../ir/ir.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { asValue, toOperand, type Value } from './values.ts';

/**
 * A value that stays what it is now, under a name that the emitted text shows: `const old = x` must not
 * follow `x` when that is assigned, nor must the fields of a record.
 */
export function settle(name: string, value: Value, builder: ProcessBuilder, span: Span): Value {
  if (value.kind === 'hw') {
    // Refuses a sum past 64 bits: its name would be a register past 64 bits.
    const operand = toOperand(value, span);
    return asValue({ ...operand, expr: builder.name(name, operand.expr, span) });
  }
  if (value.kind !== 'record') return value;
  const fields = [...value.fields].map(([key, field]): [string, Value] => [
    key,
    settle(`${name}_${key}`, field, builder, span),
  ]);
  return { ...value, fields: new Map(fields) };
}
