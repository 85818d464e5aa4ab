// The delay table of the scheduler (codegen/passes/delays.ts) beside what Yosys measures, operator by
// operator: each between two registers, cell delays of the 7-series models, without routing.
//
//   npm run bench:delays -- [--json]

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTool } from '../codegen/support/run-tool.ts';
import { renderTable } from '../codegen/support/table.ts';
import { describeMachine, machineLine } from './machine.ts';
import { operators } from './operator-delays/operators.ts';
import { runMain } from './run-main.ts';

/** A register's clock-to-output in those models, which is in every path that Yosys reports. */
const launch = 0.303;

interface Row {
  readonly operator: string;
  readonly measured: number;
  readonly table: number;
}

/** One netlist with all operators, each a module of its own, so that one run times them all. */
function design(): string {
  const modules = operators.map(({ name, inputs, verilog, width, declarations = '' }) => {
    const ports = inputs.map(([port, bits]) => `input [${bits - 1}:0] ${port}_i`).join(', ');
    const registers = inputs
      .map(
        ([port, bits]) =>
          `reg [${bits - 1}:0] ${port}; always @(posedge clk) ${port} <= ${port}_i;`,
      )
      .join('\n');
    const head = `module ${name}(input clk, ${ports}, output reg [${width - 1}:0] y);`;
    return `${head}\n${registers}\n${declarations}\nalways @(posedge clk) y <= ${verilog};\nendmodule`;
  });
  let at = 0;
  const instances = operators.map(({ name, inputs, width }) => {
    const from = at;
    at += width;
    const wires = inputs.map(([port, bits]) => `.${port}_i(s[${bits - 1}:0])`).join(', ');
    return `(* keep *) ${name} u_${name}(.clk(clk), ${wires}, .y(o[${at - 1}:${from}]));`;
  });
  return `${modules.join('\n')}
module top(input clk, input d, output reg q);
reg [4095:0] s; always @(posedge clk) s <= {s[4094:0], d};
wire [${at - 1}:0] o; always @(posedge clk) q <= ^o;
${instances.join('\n')}
endmodule
`;
}

async function measure(): Promise<ReadonlyMap<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'tilewright-delays-'));
  try {
    await writeFile(join(folder, 'design.v'), design());
    const script = [
      'read_verilog design.v',
      'synth_xilinx -family xc7 -abc9 -top top -noiopad -noclkbuf -nosrl',
      'read_verilog -lib -specify -overwrite +/xilinx/cells_sim.v',
      'tee -q -o report.txt sta',
    ].join('; ');
    await runTool('yosys', ['-p', script], { cwd: folder });
    const report = await readFile(join(folder, 'report.txt'), 'utf8');
    const found = report.matchAll(/Latest arrival time in '(\w+)' is (\d+)/g);
    return new Map([...found].map(([, name, picoseconds]) => [name, Number(picoseconds) / 1000]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...words], options: { json: { type: 'boolean' } } });
  const arrivals = await measure();
  const rows: Row[] = operators.map(({ name, delay }) => {
    const arrival = arrivals.get(name);
    if (arrival === undefined) throw new Error(`Yosys reports nothing for ${name}`);
    return { operator: name, measured: arrival - launch, table: delay };
  });
  const machine = await describeMachine({ yosys: '-V' });
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify({ machine, rows })}\n`);
    return;
  }
  const columns = [
    { title: 'operator' },
    { title: 'measured ns', align: 'right' as const },
    { title: 'table ns', align: 'right' as const },
    { title: 'table / measured', align: 'right' as const },
  ];
  const lines = rows.map(({ operator, measured, table }) => [
    operator,
    measured.toFixed(2),
    table.toFixed(2),
    (table / measured).toFixed(2),
  ]);
  process.stdout.write(`${renderTable(columns, lines)}\n${machineLine(machine)}\n`);
}

await runMain(async () => {
  await main(process.argv.slice(2));
  return 0;
});
