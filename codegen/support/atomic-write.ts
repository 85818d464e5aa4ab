import { randomBytes } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withLeftovers } from './ending-signals.ts';
import { TilewrightError } from './errors.ts';
import { makeFolders } from './make-folders.ts';

/** What a file system says no with, as words; anything else is a bug and is passed on as it is. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'something else uses it',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file is in the way',
  EFBIG: 'it would be larger than a file may be',
  EIO: 'the disk failed',
  EISDIR: 'a folder is in the way',
  ELOOP: 'its symbolic links go in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'the folder does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOTEMPTY: 'a folder is in the way',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** What is there already is neither a file nor a folder: renaming over it would take it away from everybody. */
const special = 'ENOTFILE';
const specialReason = 'a device, a pipe or a socket is in the way';

/**
 * A file system's refusal to write `path` as the error a user sees.
 * @param hint the way out, when it is not simply another path or more space.
 * @returns a TilewrightError `FILE_UNWRITABLE`, or `error` itself when it is something else.
 */
export function asWriteError(error: unknown, path: string, hint?: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const reason = code === special ? specialReason : refusals[code];
  if (reason === undefined) return error;
  const wayOut = reason.startsWith('the disk')
    ? 'Free some space, or write to another disk.'
    : 'Choose a path that you may write to, or change its permissions.';
  return new TilewrightError(`cannot write ${path}: ${reason}`, {
    code: 'FILE_UNWRITABLE',
    hint: hint ?? wayOut,
    cause: error,
  });
}

/** A name beside `path` that no other writer uses, so that the rename stays on one file system. */
export function temporaryPathFor(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/**
 * What `path` stands for: the end of its symbolic links, which stay.
 * @throws an error with a `code` where it cannot be a file.
 */
function fileBehind(path: string): string {
  if (/[\\/]$/.test(path)) throw Object.assign(new Error(path), { code: 'EISDIR' });
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
  }
  const found = statSync(real);
  if (found.isFile()) return real;
  throw Object.assign(new Error(path), { code: found.isDirectory() ? 'EISDIR' : special });
}

/**
 * Writes a file so that a reader sees the old content or the whole new one, never a part of it.
 * Missing folders are made.
 * @param content chunks are written as they come; when one fails to come, nothing is left of the new file.
 * @throws TilewrightError `FILE_UNWRITABLE` naming the path when it cannot be written.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  await withLeftovers(async () => {
    let temporary: string | undefined;
    try {
      const file = fileBehind(path);
      temporary = temporaryPathFor(file);
      makeFolders(dirname(file));
      await writeFile(temporary, content);
      await rename(temporary, file);
    } catch (error) {
      if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
      throw asWriteError(error, path);
    }
  });
}

/**
 * Refuses a path that `writeFileAtomic` could not write, before the work whose result it is for.
 * @throws TilewrightError `FILE_UNWRITABLE`.
 */
export async function checkWritable(path: string): Promise<void> {
  let temporary: string | undefined;
  try {
    const file = fileBehind(path);
    temporary = temporaryPathFor(file);
    makeFolders(dirname(file));
    await writeFile(temporary, '');
  } catch (error) {
    throw asWriteError(error, path);
  } finally {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** As `writeFileAtomic`, without leaving the current turn of the event loop. */
export function writeFileAtomicSync(path: string, content: string | Uint8Array): void {
  let temporary: string | undefined;
  try {
    const file = fileBehind(path);
    temporary = temporaryPathFor(file);
    makeFolders(dirname(file));
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    try {
      if (temporary !== undefined) rmSync(temporary, { force: true });
    } catch {
      // The folder itself is unreachable: the first error says why.
    }
    throw asWriteError(error, path);
  }
}
