import { defineCommand } from '../command.ts';
import { readInput } from '../read-input.ts';

/** No card takes a larger one. */
const largest = 2 ** 30;

export default defineCommand({
  name: 'inspect',
  summary: 'Tell what an xclbin holds: sections, kernels, arguments, banks, clocks',
  positional: { name: 'file', describe: 'An .xclbin, of a card or of an emulation' },
  options: {},
  examples: [
    ['tilewright inspect mean.xclbin', 'As tables; exits 1 when the file is corrupt or no xclbin'],
    ['tilewright inspect vadd.hw.xclbin --json', 'The same for a script; any v++ has written it'],
  ],
  async run(_options, _context, file) {
    const { readXclbin } = await import('../../../codegen/package/xclbin/read-xclbin.ts');
    const { summariseXclbin } = await import('../../../codegen/package/xclbin/summarise-xclbin.ts');
    const { xclbinText } = await import('../xclbin-text.ts');
    const bytes = await readInput(file, 'an xclbin', largest);
    const summary = summariseXclbin(readXclbin(file, bytes));
    return { json: { file, ...summary }, text: xclbinText(file, summary) };
  },
});
