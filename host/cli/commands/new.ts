import { defineCommand, usageError } from '../command.ts';

export default defineCommand({
  name: 'new',
  summary: 'Start a kernel of your own: kernel, workload and test',
  positional: { name: 'name', describe: 'Lower-case letters, digits and underscores' },
  options: {
    folder: {
      describe: 'Folder to write to; made when it is not there',
      type: 'string',
      requiresArg: true,
      default: '.',
    },
    force: { describe: 'Overwrite files that are there', type: 'boolean', default: false },
  },
  examples: [
    ['tilewright new my_filter', 'my-filter.ts and my-filter.test.ts in this folder'],
    ['tilewright new my_filter --folder kernels --force', 'Elsewhere, over what is there'],
  ],
  async run(options, _context, given) {
    const { existsSync } = await import('node:fs');
    const { dirname, join, relative, resolve } = await import('node:path');
    const { reservedWords } = await import('../../../codegen/support/reserved-words.ts');
    const { writeFileAtomic } = await import('../../../codegen/support/atomic-write.ts');
    const { renderTemplate } = await import('../../../codegen/support/render-template.ts');
    const name = given.replaceAll('-', '_');
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > 64) {
      throw usageError(
        `'${given}' is no kernel name`,
        'Use lower-case letters, digits and single underscores, a letter first: my_filter.',
      );
    }
    if (reservedWords.has(name)) {
      throw usageError(
        `'${name}' is a word of Verilog or C++`,
        `Choose another name, e.g. my_${name}.`,
      );
    }
    const file = name.replaceAll('_', '-');
    const folder = resolve(options.folder);
    const variable = name.replaceAll(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
    const view = { name, file, variable };
    const texts = new Map([
      [`${file}.ts`, renderTemplate('host/cli/templates/kernel.ts.hbs', view)],
      [`${file}.test.ts`, renderTemplate('host/cli/templates/kernel.test.ts.hbs', view)],
    ]);
    const there = [...texts.keys()].filter((one) => existsSync(join(folder, one)));
    if (there.length > 0 && !options.force) {
      throw usageError(
        `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already in ${folder}`,
        'Choose another name or --folder, or overwrite with --force.',
      );
    }
    for (const [path, text] of texts) await writeFileAtomic(join(folder, path), text);
    const shown = relative(process.cwd(), join(folder, `${file}.ts`));
    const path = shown.startsWith('..') ? join(folder, `${file}.ts`) : `./${shown}`;
    const files = [...texts.keys()].map((one) => join(folder, one));
    return {
      json: { kernel: name, files },
      text: [
        `${[...texts.keys()].join(' and ')} in ${folder}. Next:`,
        `  npx tilewright cosim ${path}`,
        '      runs it as TypeScript, C++ and Verilog, and compares every word',
        `  npx vitest run --root ${dirname(path)} ${file}.test.ts`,
        '      its test, where tilewright and vitest are installed',
        `  npx tilewright generate ${path} --out out/${file} --watch`,
        '      writes C++ and Verilog whenever you save',
      ].join('\n'),
    };
  },
});
