import type { KernelIR, Process } from '../../ir/ir.ts';
import type { ScheduledProcess } from '../../ir/scheduled.ts';
import { renderTemplate } from '../../support/render-template.ts';
import { accesses, variableUpdates } from './emit-accesses.ts';
import { arrays } from './emit-arrays.ts';
import { logs } from './emit-logs.ts';
import { profile } from './emit-profile.ts';
import { control } from './emit-sequencing.ts';
import { emitStage, variables } from './emit-stages.ts';
import { watch } from './emit-watch.ts';
import { accessSignals, type ModulePort, portsOf, range } from './ports.ts';
import { ProcessContext } from './process-context.ts';
import { lineText, spansOfBlock } from './source-lines.ts';

/** The module of one process: its pipeline, its variables, its ends of streams and memories. */
export function emitProcess(
  kernel: KernelIR,
  process: Process,
  scheduled: ScheduledProcess,
  module: string,
): string {
  const ports = portsOf(process, kernel);
  const context = new ProcessContext(kernel, scheduled);
  const body = moduleBody(context, ports);
  const { blocks } = scheduled.blocks;
  return renderTemplate('codegen/backends/verilog/templates/process.v.hbs', {
    process: process.name,
    kernel: kernel.name,
    source: `${process.span.file}:${process.span.line}`,
    stages: scheduled.stages,
    plural: scheduled.stages === 1 ? '' : 's',
    blocks: blocks.map((_, number) => {
      const ii = scheduled.ii[number];
      const interval = ii === undefined ? '' : `, II ${ii}`;
      return {
        number,
        description: `${lineText(spansOfBlock(context, number), process.span.file)}${interval}`,
      };
    }),
    module,
    ports: ports.map((port, at) => ({
      text: `${port.direction === 'input' ? 'input ' : 'output'} wire ${range(port.width)}${port.name}${at < ports.length - 1 ? ',' : ''}`,
    })),
    body,
  });
}

function moduleBody(context: ProcessContext, ports: readonly ModulePort[]): string {
  const { stages } = context.scheduled;
  variables(context);
  arrays(context);
  for (let stage = 0; stage < stages; stage++) emitStage(context, stage);
  control(context);
  variableUpdates(context);
  accesses(context);
  logs(context);
  // What stands where control never comes still has its ports.
  const text = context.lines.join('\n');
  for (const { direction, name, width } of ports) {
    if (direction === 'output' && !text.includes(`assign ${name} =`)) {
      context.lines.push(`    assign ${name} = ${width}'d0;`);
    }
  }
  const head: string[] = [];
  for (const [text, { name, width }] of context.constants) {
    head.push(`    localparam [${width - 1}:0] ${name} = ${text};`);
  }
  for (const lines of context.tables.values()) head.push(...lines.map((one) => `    ${one}`));
  if (head.length > 0) head.push('');
  const results = inputNames(context);
  const unused = [...context.partly].filter((name) => !/^(CONSTANT_|\d|\{)/.test(name));
  const unread = ports
    .filter(({ direction, name }) => direction === 'input' && name !== 'start')
    .map(({ name }) => name)
    .filter((name) => !unused.includes(name))
    .filter((name) => results.has(name) || !new RegExp(`\\b${name}\\b`).test(text));
  const all = [...unused, ...unread];
  const tail =
    all.length === 0
      ? []
      : ['', '    // Bits that nothing reads.', `    wire unused = &{1'b0, ${all.join(', ')}};`];
  return [...head, ...context.lines, ...tail, ...profile(context), ...watch(context)].join('\n');
}

/** Inputs that carry results, of which some fields may go unread. */
function inputNames(context: ProcessContext): ReadonlySet<string> {
  const names = new Set<string>();
  for (const block of context.scheduled.blocks.blocks) {
    for (const op of block.ops) {
      const { input } = accessSignals(op, context.kernel);
      if (input !== undefined) names.add(input.name);
    }
  }
  return names;
}
