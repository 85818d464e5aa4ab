// Adds what the compiler and every target make of a crash folder's kernel. A process of its own: the kernel may
// end it, or never end.
//
//   jiti test/fuzz/collect-artefacts.ts FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compileKernel, printKernel, writeCompiled } from '../../codegen/index.ts';
import { elementView } from '../../host/cosim/encode-workload.ts';
import { checkKernel } from './check-kernel.ts';
import type { GoldenRun } from './check-passes.ts';
import { readCrash } from './crash-folder.ts';
import type { Run, Target } from './finding.ts';

const folder = resolve(process.argv[2] ?? '.');
const kernel = join(folder, 'kernel.ts');
const { runs, targets, findings } = readCrash(folder);

function write(path: string, content: string | Uint8Array): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** `ir/03-if-conversion.ir` and so on, and all that is emitted; as far as the compiler comes. */
async function compile(): Promise<void> {
  let count = 0;
  const compiled = await compileKernel(
    kernel,
    {},
    {
      onPass: (name, ir) => {
        write(`ir/${String(count).padStart(2, '0')}-${name}.ir`, printKernel(ir));
        count += 1;
      },
    },
  );
  writeCompiled(compiled, join(folder, 'emitted'));
}

const shown = 20;

/** The first elements that a target has otherwise than golden. */
function differences(golden: GoldenRun, actual: GoldenRun): string {
  const lines: string[] = [];
  for (const { memory, elements } of golden.workload.outputs) {
    const { name } = memory;
    const right = elementView(memory, golden.results.outputs.get(name) ?? new Uint8Array(0));
    const other = elementView(memory, actual.results.outputs.get(name) ?? new Uint8Array(0));
    const wrong = Array.from({ length: elements }, (_, at) => at).filter(
      (at) => right[at] !== other[at],
    );
    for (const at of wrong.slice(0, shown)) {
      lines.push(`${name}[${at}]  golden ${right[at]}  here ${other[at]}`);
    }
    if (wrong.length > shown) {
      lines.push(`${name}: ${wrong.length} of ${elements} elements differ`);
    }
  }
  return lines.length === 0 ? 'no element differs\n' : `${lines.join('\n')}\n`;
}

/** `runs/1/inputs/*.bin`, `runs/1/golden/*.bin`, and the same of each target with its differences. */
async function run(): Promise<void> {
  const golden = new Map<Run, GoldenRun>();
  const keep = (target: 'golden' | Target, one: GoldenRun): void => {
    const base = `runs/${runs.indexOf(one.run) + 1}`;
    for (const [name, bytes] of one.results.outputs) write(`${base}/${target}/${name}.bin`, bytes);
    write(`${base}/${target}/log.txt`, one.results.log.map((line) => `${line}\n`).join(''));
    if (target !== 'golden') {
      const right = golden.get(one.run);
      if (right !== undefined) write(`${base}/${target}/differences.txt`, differences(right, one));
      return;
    }
    golden.set(one.run, one);
    for (const [name, bytes] of one.workload.buffers) write(`${base}/inputs/${name}.bin`, bytes);
    const scalars = Object.entries(one.workload.scalars).map(([key, value]) => [key, `${value}`]);
    const text = JSON.stringify({ ...one.run, scalars: Object.fromEntries(scalars) }, undefined, 2);
    write(`${base}/run.json`, `${text}\n`);
  };
  const found = await checkKernel(kernel, runs, targets, { onResults: keep });
  const texts = found.map((one) => `${one.target} ${one.kind}: ${one.text}\n`);
  write('found-again.txt', texts.length === 0 ? 'all agree\n' : texts.join(''));
}

const [{ target }] = findings;
try {
  await compile();
} catch (error) {
  write('compiler-error.txt', `${(error as Error).stack ?? error}\n`);
}
if (target !== 'compile') await run();
