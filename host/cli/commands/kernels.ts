import { defineCommand } from '../command.ts';

export default defineCommand({
  name: 'kernels',
  summary: 'List the built-in kernels with their parameters',
  options: {},
  examples: [
    ['tilewright kernels', 'Names, parameters, ranges and defaults'],
    ['tilewright kernels --json', 'The same for a script'],
  ],
  async run() {
    const { listKernels } = await import('../../../codegen/index.ts');
    const { renderTable } = await import('../../../codegen/support/table.ts');
    const kernels = await listKernels();
    const blocks = kernels.map(({ name, summary, file, parameters }) => {
      const rows = Object.entries(parameters).map(([parameter, about]) => [
        `  ${parameter}`,
        about.values?.join(' or ') ?? `${about.min} to ${about.max}`,
        about.default,
        about.help,
      ]);
      const columns = ['  parameter', 'range', 'default', 'meaning'].map((title) => ({ title }));
      return `${name}: ${summary}\n${renderTable(columns, rows)}\n  source: ${file}`;
    });
    return { json: { kernels }, text: blocks.join('\n\n') };
  },
});
