import type { KernelIR, Process } from '../../ir/ir.ts';
import { type Schedule, slackOf } from '../../ir/scheduled.ts';
import { renderTemplate } from '../../support/render-template.ts';
import { portsOf, range, scalarWire, streamBits } from './ports.ts';

/** Module of a process: `<kernel>_<process>`. */
export function processModule(kernel: KernelIR, process: Process): string {
  return `${kernel.name}_${process.name}`;
}

/** The kernel's top module: control slave, FIFOs, AXI masters, processes, and when a run is over. */
export function emitTop(kernel: KernelIR, schedule: Schedule): string {
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name} = ${value}`);
  const read = new Set(
    kernel.processes.flatMap((process) => portsOf(process, kernel).map((one) => one.name)),
  );
  const slack = (access: string) =>
    Math.max(0, ...[...schedule.values()].map((one) => slackOf(one, access)));
  const idle = [
    ...kernel.processes.map((process) => `${process.name}_idle`),
    ...kernel.memories.map((memory) => `${memory.name}_idle`),
  ];
  const unread = kernel.scalars
    .map((one) => scalarWire(one.name))
    .filter((name) => !read.has(name));
  return renderTemplate('codegen/backends/verilog/templates/top.v.hbs', {
    kernel: kernel.name,
    summary: kernel.summary,
    parameters: parameters.length === 0 ? 'No parameters.' : `Built with ${parameters.join(', ')}.`,
    arguments: kernel.argumentOrder.map((name) => {
      const scalar = kernel.scalars.find((one) => one.name === name);
      return { name, wire: scalarWire(name), range: range(scalar?.type.width ?? 64) };
    }),
    idle: idle.join(' && '),
    streams: kernel.streams.map((stream) => ({
      name: stream.name,
      width: streamBits(stream),
      depth: stream.depth,
      slack: slack(`write ${stream.name}`),
      range: range(streamBits(stream)),
      source: `${stream.span.file}:${stream.span.line}`,
    })),
    memories: kernel.memories.map((memory) => ({
      name: memory.name,
      port: `m_axi_${memory.name}`,
      read: memory.direction === 'read',
      outstanding: memory.outstanding,
      requestSlack: slack(`request ${memory.name}`),
      dataSlack: slack(`send ${memory.name}`),
    })),
    processes: kernel.processes.map((process) => ({
      name: process.name,
      module: processModule(kernel, process),
      instance: `process_${process.name}`,
      source: `${process.span.file}:${process.span.line}`,
      idle: `${process.name}_idle`,
      ports: portsOf(process, kernel)
        .map((one) => one.name)
        .filter((name) => name !== 'start' && name !== 'idle'),
    })),
    unused: `{${["1'b0", ...kernel.memories.map((memory) => `${memory.name}_error`), ...unread].join(', ')}}`,
  });
}
