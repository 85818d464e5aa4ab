import { TilewrightError } from '../../codegen/support/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no folder',
};

/**
 * A file that the command line names, whole.
 * @param what it should be, e.g. `an xclbin`.
 * @param largest in bytes: whoever names a disk's image should not wait until it is read.
 * @throws TilewrightError `FILE_UNREADABLE`, also for what is no file, such as /dev/zero.
 */
export async function readInput(file: string, what: string, largest: number): Promise<Buffer> {
  const { readFile, stat } = await import('node:fs/promises');
  const unreadable = (reason: string, cause?: unknown) =>
    new TilewrightError(`cannot read ${file}: ${reason}`, {
      code: 'FILE_UNREADABLE',
      hint: `Name ${what} that exists and that you may read.`,
      cause,
    });
  try {
    const found = await stat(file);
    if (!found.isFile())
      throw unreadable(found.isDirectory() ? reasons['EISDIR'] : 'it is no file');
    if (found.size > largest) throw unreadable(`${found.size} bytes are too many for ${what}`);
    return await readFile(file);
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    throw reason === undefined ? error : unreadable(reason, error);
  }
}
