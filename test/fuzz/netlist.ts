import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../codegen/support/run-tool.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';

/**
 * A copy of a built kernel in which each process is the netlist of gates that Yosys makes of it: what
 * synthesis understands by our Verilog. Ports, queues and the register file stay as they are.
 * @param folder is made; for small kernels, since wide operators become thousands of gates.
 */
export async function netlistKernel(
  kernel: BuiltKernel,
  folder: string,
  signal?: AbortSignal,
): Promise<BuiltKernel> {
  const { kernel: name } = kernel.manifest;
  mkdirSync(folder, { recursive: true });
  cpSync(kernel.folder, folder, { recursive: true });
  const verilog = kernel.manifest.artefacts.filter(({ kind }) => kind === 'verilog');
  const files = verilog.map(({ path }) => path);
  const moduleOf = (path: string) => path.replace(/^.*\//, '').replace(/\.v$/, '');
  const library = files.filter((path) => !moduleOf(path).startsWith(name));
  const processes = files.filter(
    (path) => moduleOf(path).startsWith(`${name}_`) && moduleOf(path) !== `${name}_control`,
  );
  const script = processes.flatMap((path) => [
    'design -reset',
    ...[...library, path].map((file) => `read_verilog ${join(kernel.folder, file)}`),
    `synth -flatten -top ${moduleOf(path)}`,
    `write_verilog -noattr ${join(folder, path)}`,
  ]);
  const file = join(folder, 'netlist.ys');
  writeFileSync(file, `${script.join('\n')}\n`);
  await runTool('yosys', ['-q', '-s', file], { signal });
  return { ...kernel, folder };
}
