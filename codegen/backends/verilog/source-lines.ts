import type { Expr, Span } from '../../ir/ir.ts';
import type { ProcessContext } from './process-context.ts';

/** `line 12`, `lines 12 to 14, 20`; empty where nothing of the source is meant. */
export function lineText(spans: readonly (Span | undefined)[], file: string): string {
  const own = spans.filter((one) => one !== undefined);
  // Lines of another file of the kernel carry its name.
  const others = [...new Set(own.filter((one) => one.file !== file).map(place))].sort();
  const lines = [...new Set(own.filter((one) => one.file === file).map((one) => one.line))];
  lines.sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else runs.push([line, line]);
  }
  const texts = runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  const head =
    lines.length === 0 ? [] : [`${lines.length === 1 ? 'line' : 'lines'} ${texts.join(', ')}`];
  return [...head, ...others].join(', ');
}

const place = ({ file, line }: Span) => `${file}:${line}`;

/** Everything of the source that happens in a stage: values, accesses, variables written. */
export function spansOfStage(
  context: ProcessContext,
  stage: number,
): readonly (Span | undefined)[] {
  const { blocks, writeStage } = context.scheduled;
  const written = blocks.blocks.flatMap((block) =>
    block.writes
      .filter(({ variable }) => writeStage.get(variable) === stage)
      .map(({ value }): Expr => value),
  );
  const values = context.plan.values.flat().filter((value) => value.stage === stage);
  return [
    ...values.map(({ expr }) => expr.span),
    ...context.opsAt(stage).map(({ op }) => op.span),
    ...written.map(({ span }) => span),
  ];
}

/** Everything that a block does, and where it stands itself. */
export function spansOfBlock(
  context: ProcessContext,
  block: number,
): readonly (Span | undefined)[] {
  const { blocks } = context.scheduled;
  const { span, ops, writes } = blocks.blocks[block];
  return [
    span,
    ...ops.map((op) => op.span),
    ...context.plan.values[block].map(({ expr }) => expr.span),
    ...writes.map(({ value }) => value.span),
  ];
}
