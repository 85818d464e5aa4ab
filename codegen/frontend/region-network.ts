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
  /** Names that no stream may have, since its wires would have those of something else. */
  readonly kept: Set<string>;
}

/**
 * What a stream may not be called beside these arguments. A stream `a` has wires `a_push`, `a_full` and so on; a
 * memory `m` has `m_data_full`, a register of the host `arg_n`, and instances begin with what they are.
 */
export function namesKept(argumentNames: Iterable<string>): Set<string> {
  const kept = new Set(['fifo', 'axi', 'process']);
  for (const name of argumentNames) {
    for (const channel of ['req', 'data', 'resp']) kept.add(`${name}_${channel}`);
    kept.add(`arg_${name}`.replace(/_(push|din|full|pop|dout|empty)$/, ''));
  }
  return kept;
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
  kept?: ReadonlySet<string>,
): string {
  const named = (first: string) => plainName([first, ...counters, ...fields].join('_'));
  let name = named(base);
  const isTaken = () => kept?.has(name) === true || taken.some((one) => one.name === name);
  for (let copy = 2; isTaken(); copy++) name = named(`${base}_${copy}`);
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
  const name = freeName(label.base, counters, label.fields, network.streams, network.kept);
  network.streams.push({
    name,
    fields: fields.map((field) => ({ name: field.name, type: field.type })),
    depth,
    span,
  });
  return { kind: 'stream', name, fields, record: single === undefined };
}
