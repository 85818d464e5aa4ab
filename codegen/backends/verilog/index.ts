import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../ir/diagnostic.ts';
import type { KernelIR, Span } from '../../ir/ir.ts';
import { registerMap } from '../../ir/register-map.ts';
import type { Schedule } from '../../ir/scheduled.ts';
import { packageRoot } from '../../support/package-root.ts';
import type { Backend } from '../backend.ts';
import { emitControl } from './emit-control.ts';
import { emitProcess } from './emit-process.ts';
import { emitTop, processModule } from './emit-top.ts';

const library = 'codegen/backends/verilog/library';

/** Modules of the library, which every kernel instantiates as they are. */
function libraryFiles(): ReadonlyMap<string, string> {
  const folder = join(packageRoot(), library);
  const names = readdirSync(folder).filter((name) => name.endsWith('.v'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Verilog-2005, one module a file named after it, the kernel's own name on top. */
export const verilogBackend: Backend = {
  name: 'verilog',

  validate(kernel: KernelIR): readonly Diagnostic[] {
    // Names of processes, streams and memories become wires side by side.
    const taken = new Map<string, string>();
    const problems: Diagnostic[] = [];
    const claim = (name: string, what: string, span: Span) => {
      const other = taken.get(name);
      if (other === undefined) {
        taken.set(name, what);
        return;
      }
      problems.push({
        code: 'TW5001',
        span,
        message: `${what} and ${other} are both called '${name}'`,
        hint: 'Give one of them another name.',
      });
    };
    // The control slave's module, and the wire that says that all are idle.
    for (const name of ['control', 'all']) taken.set(name, 'a part of every kernel');
    for (const memory of kernel.memories) claim(memory.name, 'a memory', memory.span);
    for (const stream of kernel.streams) claim(stream.name, 'a stream', stream.span);
    for (const process of kernel.processes) claim(process.name, 'a process', process.span);
    return problems;
  },

  emit(kernel: KernelIR, schedule: Schedule): Map<string, string> {
    const files = new Map<string, string>();
    const add = (module: string, text: string) => files.set(`verilog/${module}.v`, text);
    add(kernel.name, emitTop(kernel, schedule));
    const module = `${kernel.name}_control`;
    add(module, emitControl({ module, arguments: registerMap(kernel) }));
    for (const process of kernel.processes) {
      const scheduled = schedule.get(process.name);
      if (scheduled === undefined) throw new Error(`process ${process.name} has no schedule`);
      const name = processModule(kernel, process);
      add(name, emitProcess(kernel, process, scheduled, name));
    }
    for (const [name, text] of libraryFiles()) files.set(`verilog/${name}`, text);
    return files;
  },
};
