import { beforeAll, describe, expect, test } from 'vitest';
import { type CompiledKernel, compileKernel, explainKernel } from '../../codegen/index.ts';
import { takesMultiplier } from '../../codegen/ir/multipliers.ts';
import { allStatements } from '../../codegen/ir/visit.ts';
import { runTool } from '../../codegen/support/run-tool.ts';
import { includeFolder, strictFlags } from './gpp.ts';

/** What the pragmas of a kernel's C++ say is what the manifest, the schedule and the IR decided. */
const kernels: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  ['kernels/mean-aggregate.ts', {}],
  ['kernels/neighbor-sample.ts', {}],
  ['kernels/sample-aggregate.ts', { featurePorts: 2, engines: 2, hops: 2 }],
  ['kernels/weighted-sample.ts', {}],
  ['kernels/temporal-sample.ts', {}],
  ['kernels/gcn-aggregate.ts', {}],
  ['examples/kernels/histogram.ts', {}],
  ['examples/kernels/hash-join.ts', {}],
  // Arrays in every storage, and a loop that is asked for 1 and reaches 3.
  ['test/codegen/fixtures/arrays-all.ts', {}],
];

const textOf = (compiled: CompiledKernel) =>
  compiled.files.get(`hls/${compiled.manifest.kernel}.cpp`) as string;

/** `key=value` options of every pragma that begins so. */
function pragmas(text: string, directive: string): readonly Readonly<Record<string, string>>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`#pragma HLS ${directive}`))
    .map((line) =>
      Object.fromEntries(
        [...line.matchAll(/(\w+)=([\w.]+)/g)].map(([, key, value]) => [key, value]),
      ),
    );
}

/** The body of the function of a process. */
function bodyOf(text: string, process: string): string {
  const [, rest] = text.split(new RegExp(`^static void ${process}_?\\(`, 'm'));
  return rest.slice(0, rest.indexOf('\n}\n'));
}

describe.each(kernels)('%s %j', (file, parameters) => {
  let compiled: CompiledKernel;
  let text: string;

  beforeAll(async () => {
    compiled = await compileKernel(file, parameters);
    text = textOf(compiled);
  });

  test('is C++14, which is all that older releases of Vitis HLS take', async () => {
    // Our own headers, which stand for Vitis', are C++17: as system headers they are not judged.
    const flags = strictFlags.map((flag) => (flag === '-std=c++17' ? '-std=c++14' : flag));
    const args = [...flags, '-fsyntax-only', '-isystem', includeFolder, '-x', 'c++', '-'];
    expect(await runTool('g++', args, { input: text })).toMatchObject({ stderr: '' });
  });

  test('the dataflow region is declarations and calls alone', () => {
    const region = text.slice(text.indexOf('#pragma HLS DATAFLOW')).split('\n').slice(1);
    const statements = region.filter((line) => !line.startsWith('#pragma') && line.trim() !== '');
    expect(statements.pop()).toBe('}');
    for (const line of statements) {
      expect(line).toMatch(/^ {2}(hls::stream<.+> \w+\("\w+"\);|\w+\([\w, ]*\);)$/);
    }
  });

  test('each AXI master says what the manifest says of its port, and one process has it', () => {
    const interfaces = pragmas(text, 'INTERFACE mode=m_axi');
    const memories = compiled.manifest.arguments.filter(({ kind }) => kind === 'memory');
    expect(interfaces.map(({ bundle }) => bundle).sort()).toEqual(
      memories.map(({ name }) => name).sort(),
    );
    for (const { name, port: portName } of memories as readonly { name: string; port: string }[]) {
      const port = compiled.manifest.ports.find((one) => one.name === portName);
      const said = interfaces.find(({ bundle }) => bundle === name);
      expect(said?.['latency']).toBe('64');
      expect(said?.[`num_${port?.direction}_outstanding`]).toBe(String(port?.outstanding));
      const length = Number(said?.[`max_${port?.direction}_burst_length`]);
      expect([2, 4, 8, 16]).toContain(length);
    }
    const taking = [...text.matchAll(/^static void \w+\([^{]*hls::burst_maxi[^{]*\{/gm)];
    const used = compiled.ir.memories.filter(
      ({ name }) => !text.includes(` ${name} __attribute__((unused))`),
    );
    expect(taking).toHaveLength(used.length);
  });

  test('loops run at the interval that the schedule reached', () => {
    let pipelined = 0;
    for (const { process, loops } of explainKernel(compiled)) {
      const said = pragmas(bodyOf(text, process), 'PIPELINE').map(({ II }) => Number(II));
      const reached = loops.flatMap(({ got }) => (got === undefined ? [] : [got]));
      expect([...said].sort(), process).toEqual([...reached].sort());
      pipelined += said.length;
    }
    expect(pipelined).toBeGreaterThan(0);
  });

  test('streams are as deep as was derived', () => {
    const depths = new Map(
      pragmas(text, 'STREAM').map(({ variable, depth }) => [variable.replace(/_$/, ''), depth]),
    );
    for (const { name, depth } of compiled.manifest.streams) {
      expect(depths.get(name), name).toBe(String(depth));
    }
  });

  test('arrays are spread and stored as the IR says', () => {
    for (const { name, arrays } of compiled.ir.processes) {
      const body = bodyOf(text, name);
      for (const array of arrays) {
        const split = pragmas(body, `ARRAY_PARTITION variable=${array.name} `);
        const storage = pragmas(body, `BIND_STORAGE variable=${array.name} `);
        if (array.storage === 'registers') {
          expect(split).toEqual([{ variable: array.name, type: 'complete' }]);
          expect(storage).toEqual([]);
        } else {
          expect(
            split.map(({ type, factor }) => ({ scheme: type, factor: Number(factor) })),
          ).toEqual(array.partition === undefined ? [] : [array.partition]);
          expect(storage).toMatchObject([{ type: 'ram_s2p', impl: 'bram' }]);
        }
      }
    }
  });

  test('scalars are stable, and the control protocol lets no run overlap the next', () => {
    const stable = pragmas(text, 'STABLE').map(({ variable }) => variable.replace(/_$/, ''));
    for (const { name } of compiled.ir.scalars) {
      expect(stable.includes(name), name).toBe(!text.includes(` ${name} __attribute__((unused))`));
    }
    expect(text).toContain('#pragma HLS INTERFACE mode=ap_ctrl_hs port=return');
    expect(compiled.files.get('kernel.xml')).toContain('hwControlProtocol="ap_ctrl_hs"');
    expect(text).toContain('#pragma HLS DATAFLOW disable_start_propagation');
  });

  test('variables that take a product have it in DSP blocks where the RTL does', () => {
    for (const { name, body } of compiled.ir.processes) {
      const products = [...allStatements(body)].filter((stmt) => {
        if (stmt.kind !== 'assign' || stmt.value.type.kind !== 'int') return false;
        let { value } = stmt;
        while (value.op === 'cast') value = value.operand;
        return takesMultiplier(value);
      });
      const said = pragmas(bodyOf(text, name), 'BIND_OP');
      expect(said, name).toHaveLength(products.length);
      for (const one of said) expect(one).toMatchObject({ op: 'mul', impl: 'dsp' });
    }
  });

  test('no dependence is denied', () => {
    expect(text).not.toContain('DEPENDENCE');
  });
});
