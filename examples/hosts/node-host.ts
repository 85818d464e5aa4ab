// Runs a kernel of an xclbin from Node and prints what it wrote, as the hosts in C++ and C beside it do:
//   npx jiti examples/hosts/node-host.ts FILE.xclbin RUN.txt
import { writeFile } from 'node:fs/promises';
import { buildKernel, type DeviceBuffer, openDevice } from 'tilewright';
import { readRunFile, resultLine } from './run-file.ts';

const [xclbin, runFile] = process.argv.slice(2);
if (xclbin === undefined || runFile === undefined) {
  process.stderr.write('usage: node-host.ts FILE.xclbin RUN.txt\n');
  process.exit(2);
}

const { kernel: name, arguments: given, repeat } = await readRunFile(runFile);
// The kernel says what its arguments are called; which bits it computes is in the xclbin.
const built = await buildKernel(name);
await using device = await openDevice('xrt', { xclbin });
const kernel = await device.load(built);

const wholeBeats = (bytes: number) => Math.max(1, Math.ceil(bytes / 64)) * 64;
const buffers = new Map<number, DeviceBuffer>();
const values = given.map((argument, index) => {
  if (argument.kind === 'scalar') return argument.value;
  const buffer = device.allocate(wholeBeats(argument.contents.length));
  buffer.write(argument.contents);
  buffers.set(index, buffer);
  return buffer;
});
const names = built.manifest.arguments.map((argument) => argument.name);
const args = Object.fromEntries(names.map((argument, index) => [argument, values[index]]));
for (let turn = 0; turn < repeat; turn++) await kernel.run(args);

for (const [index, buffer] of buffers) {
  const argument = given[index];
  if (argument.kind !== 'memory' || !argument.written) continue;
  buffer.read(argument.contents);
  process.stdout.write(`${resultLine(name, index, argument.contents)}\n`);
  if (argument.result !== undefined) await writeFile(argument.result, argument.contents);
}
