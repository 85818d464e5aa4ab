import { defineCommand } from '../command.ts';

const modes = ['hw_emu', 'noop', 'hw'] as const;

/** A line that any shell of the Bourne family takes. */
function exported([name, value]: readonly [string, string]): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}

export default defineCommand({
  name: 'env',
  summary: 'Print the environment in which any XRT or OpenCL host finds the emulated card',
  options: {
    mode: {
      describe: 'hw_emu: the simulator in the xclbin; noop: computes nothing; hw: a card',
      choices: modes,
      default: 'hw_emu' as const,
    },
  },
  examples: [
    ['tilewright env', 'For eval "$(…)": hosts that this shell starts use hardware emulation'],
    ['tilewright env --mode noop --json', 'The variables for measuring a host alone'],
  ],
  async run({ mode }) {
    const { hostEnvironment, xrtPrefix } = await import('../../xrt/index.ts');
    const prefix = await xrtPrefix();
    // Also those that are set already: what is printed is complete wherever it is used.
    const variables = hostEnvironment(prefix, mode, { USER: process.env['USER'] });
    const lines = Object.entries(variables).map(exported);
    if (mode === 'hw') lines.push('unset XCL_EMULATION_MODE');
    return { json: { mode, variables, repairs: prefix.repairs }, text: lines.join('\n') };
  },
});
