/** Architectures of `synth_xilinx` that the cards of today have, and the 7 series. */
export const families = ['xcup', 'xcu', 'xc7'] as const;

export type Family = (typeof families)[number];

/** Whether all is one netlist, or each instance of the top module one of its own. */
export type Hierarchy = 'flat' | 'instances';

/** Files that a script leaves in the folder it runs in. */
export const statFile = 'stat.json';
export const netlistFile = 'netlist.json';
export const staFile = 'sta.txt';

/** What a run of Yosys is to find out. */
export type Job =
  | { readonly kind: 'area'; readonly family: Family; readonly hierarchy: Hierarchy }
  | { readonly kind: 'timing'; readonly hierarchy: Hierarchy };

/** The family whose cells have delays in Yosys: `sta` finds none in those of xcup. */
export const timedFamily = 'xc7';

/** The one line that decides the figures, as it is quoted beside them. */
export function synthesisCommand(job: Job): string {
  return job.kind === 'area'
    ? `synth_xilinx -family ${job.family} -flatten -noiopad -noclkbuf; stat -tech xilinx`
    : `synth_xilinx -family ${timedFamily} -abc9 -flatten -noiopad -noclkbuf; ` +
        'read_verilog -lib -specify -overwrite +/xilinx/cells_sim.v; sta';
}

/**
 * The script of a job, for Yosys in the folder of the Verilog files.
 *
 * The whole kernel is synthesised without its control slave, whose size the register map decides: it
 * becomes a black box, of which inputs are used and outputs known to nobody. For figures by instance
 * the boundary of each instance of the top module stays, so nothing is optimised across it; what lies
 * inside an instance is flattened.
 */
export function yosysScript(job: Job, top: string, files: readonly string[]): string {
  const { hierarchy } = job;
  const family = job.kind === 'area' ? job.family : timedFamily;
  const abc9 = job.kind === 'timing' ? ' -abc9' : '';
  const lines = [
    ...files.map((file) => `read_verilog ${file}`),
    ...(hierarchy === 'flat' ? [`blackbox ${controlModule(top)}`] : []),
    `hierarchy -check -top ${top}`,
    ...(hierarchy === 'instances' ? [`setattr -set keep_hierarchy 1 ${top}/c:*`] : []),
    `synth_xilinx -family ${family} -top ${top}${abc9} -flatten -noiopad -noclkbuf`,
    `tee -q -o ${statFile} stat -json -tech xilinx`,
    // The star leaves out black boxes, hence the family's library, which is larger than a kernel.
    `json -o ${netlistFile} ${job.kind === 'area' ? top : '*'}`,
  ];
  if (job.kind === 'timing') {
    lines.push(
      'read_verilog -lib -specify -overwrite +/xilinx/cells_sim.v',
      `tee -q -o ${staFile} sta`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Verilog module of a kernel's control slave. */
export function controlModule(top: string): string {
  return `${top}_control`;
}
