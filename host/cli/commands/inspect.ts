import { TilewrightError } from '../../../codegen/support/errors.ts';
import { defineCommand } from '../command.ts';

/** No card takes a larger one; whoever names a disk's image should not wait until it is read. */
const largest = 2 ** 30;

async function readBytes(file: string): Promise<Uint8Array> {
  const { readFile, stat } = await import('node:fs/promises');
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ENOENT: 'there is no such file',
    ENOTDIR: 'a part of the path is no folder',
  };
  const unreadable = (reason: string, cause?: unknown) =>
    new TilewrightError(`cannot read ${file}: ${reason}`, {
      code: 'FILE_UNREADABLE',
      hint: 'Name an xclbin that exists and that you may read.',
      cause,
    });
  try {
    const found = await stat(file);
    if (!found.isFile()) throw unreadable(found.isDirectory() ? 'it is a folder' : 'it is no file');
    if (found.size > largest) throw unreadable(`${found.size} bytes are too many for an xclbin`);
    return await readFile(file);
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    throw reason === undefined ? error : unreadable(reason, error);
  }
}

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
    const summary = summariseXclbin(readXclbin(file, await readBytes(file)));
    return { json: { file, ...summary }, text: xclbinText(file, summary) };
  },
});
