import type { Span } from '../../ir/ir.ts';
import { escaped } from './emit-logs.ts';
import type { ProcessContext } from './process-context.ts';
import { waitsAt } from './stage-waits.ts';

/** Mark at the start of each line that tells a simulator what a process is about. */
const watchMark = 'TILEWRIGHT-WATCH';

/**
 * What the process is about, told at the falling edge of the reset: a simulator pulls it, without a clock
 * edge, where nothing moves any more or a run takes too long. Costs nothing until then but the time of the
 * last move, and exists under TILEWRIGHT_WATCH only. Lines, oldest block first:
 *
 * - `AT <process> <since> <file:line:column>`: a block of the source is in the pipeline; the process last
 *   moved at the simulator's time `since`.
 * - `WAIT <process> <since> <stage> <kind> <resource> <file:line:column>`: it waits for this access.
 * - `OWN <process> <since>`: it waits for an older block of its own.
 */
export function watch(context: ProcessContext): readonly string[] {
  const { scheduled } = context;
  const { name, blocks } = scheduled.blocks;
  const stages = Array.from({ length: scheduled.gate + 1 }, (_, stage) => stage);
  const any = (terms: readonly string[]) => terms.join(' || ');
  const tell = (what: string, detail: string) =>
    `$display("${watchMark} ${what} ${name} %0d${escaped(detail)}", watch_since);`;
  const lines = stages.toReversed().flatMap((stage) => {
    const waits = waitsAt(context, stage);
    return waits.flatMap(({ accesses, reason, after }) => {
      const known = after.map(
        (other) => ` && !${waits.find((one) => one.name === other)?.reason ?? "1'b0"}`,
      );
      return accesses.length === 0
        ? [`if (s${stage}_valid && ${reason}) ${tell('OWN', '')}`]
        : accesses.map(({ access, text }) => {
            const detail = ` ${stage} ${access.kind} ${access.resource} ${place(access.span)}`;
            return `if (s${stage}_valid && ${text}${known.join('')}) ${tell('WAIT', detail)}`;
          });
    });
  });
  const inside = blocks.map(({ span }, block) => {
    const held = stages.map((stage) => {
      const holds = context.holds(stage, block);
      return holds === undefined ? `s${stage}_valid` : `(s${stage}_valid && ${holds})`;
    });
    return `if (${any(held)}) ${tell('AT', ` ${place(span)}`)}`;
  });
  return [
    '',
    '`ifdef TILEWRIGHT_WATCH',
    '    // For a simulator that wants to know: since when nothing moves here, and what it waits for.',
    '    reg [63:0] watch_since;',
    `    always @(posedge clk) if (start || ${any(stages.map((stage) => `s${stage}_go`))}) watch_since <= $time;`,
    '    always @(negedge rst_n) begin',
    ...[...lines, ...inside].map((line) => `        ${line}`),
    '    end',
    '`endif',
  ];
}

const place = (span: Span | undefined) =>
  span === undefined ? '?' : `${span.file}:${span.line}:${span.column}`;
