import type { CallExpression } from 'ts-morph';
import type { Process, Stream } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import { plainName } from './plain-name.ts';
import type { KernelState, ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { streamLabel } from './stream-label.ts';
import { type FieldInfo, fractionOf, irType, staticOf, type Value } from './values.ts';

/** What a dataflow region builds. */
export interface Network extends KernelState {
  readonly streams: Stream[];
  readonly processes: Process[];
}

/**
 * A name that the network has not yet: that of the source, the counters of the loops around (`queue_2`),
 * the fields inside (`lane_2_ids`). Where it is taken, by another call of the same function, the source's
 * part of it gets a number.
 */
export function freeName(
  base: string,
  counters: readonly number[],
  fields: readonly string[],
  taken: readonly { readonly name: string }[],
): string {
  const named = (first: string) => plainName([first, ...counters, ...fields].join('_'));
  let name = named(base);
  for (let copy = 2; taken.some((one) => one.name === name); copy++)
    name = named(`${base}_${copy}`);
  return name;
}

/** `stream(type, options)`, by the name of the constant that it becomes. */
export function declareStream(
  node: CallExpression,
  scope: Scope,
  builder: ProcessBuilder,
  counters: readonly number[],
  network: Network,
): Value {
  const span = spanOf(node);
  const [typeNode, optionsNode] = node.getArguments();
  const described = staticOf(evaluate(typeNode as never, scope, builder))?.value;
  const single = irType(described);
  const fields: FieldInfo[] =
    single !== undefined
      ? [{ name: 'value', type: single, fraction: fractionOf(described) }]
      : Object.entries((described ?? {}) as Record<string, unknown>).map(([field, one]) => {
          const type = irType(one);
          if (type !== undefined) return { name: field, type, fraction: fractionOf(one) };
          return fail(
            'TW4007',
            span,
            `the field '${field}' of the stream has no type`,
            'Use u1…u64, i1…i64, a fixed(…) type or vecOf(type, lanes).',
          );
        });
  const options =
    optionsNode === undefined
      ? {}
      : staticOf(evaluate(optionsNode as never, scope, builder))?.value;
  const depth = (options as { depth?: number } | undefined)?.depth ?? 0;
  if (!Number.isInteger(depth) || depth < 0 || depth > 65536) {
    fail('TW4008', span, `a stream of depth ${depth}`, 'depth is a whole number from 1 to 65536.');
  }
  const label = streamLabel(node);
  const name = freeName(label.base, counters, label.fields, network.streams);
  network.streams.push({
    name,
    fields: fields.map((field) => ({ name: field.name, type: field.type })),
    depth,
    span,
  });
  return { kind: 'stream', name, fields, record: single === undefined };
}
