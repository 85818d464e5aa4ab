import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TilewrightError } from './errors.ts';

/** What a file system says no with, as words; anything else is a bug and is passed on as it is. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file is in the way',
  EISDIR: 'a folder is in the way',
  ENOENT: 'the folder does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/**
 * A file system's refusal to write `path` as the error a user sees.
 * @param hint the way out, when it is not simply another path or more space.
 * @returns a TilewrightError `FILE_UNWRITABLE`, or `error` itself when it is something else.
 */
export function asWriteError(error: unknown, path: string, hint?: string): unknown {
  const reason = refusals[(error as NodeJS.ErrnoException | null)?.code ?? ''];
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
 * Writes a file so that a reader sees the old content or the whole new one, never a part of it.
 * Missing folders are made.
 * @param content chunks are written as they come; when one fails to come, nothing is left of the new file.
 * @throws TilewrightError `FILE_UNWRITABLE` naming the path when it cannot be written.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = temporaryPathFor(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asWriteError(error, path);
  }
}

/**
 * Refuses a path that `writeFileAtomic` could not write, before the work whose result it is for.
 * @throws TilewrightError `FILE_UNWRITABLE`.
 */
export async function checkWritable(path: string): Promise<void> {
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (folder) throw asWriteError({ code: 'EISDIR' }, path);
  const temporary = temporaryPathFor(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, '');
  } catch (error) {
    throw asWriteError(error, path);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** As `writeFileAtomic`, without leaving the current turn of the event loop. */
export function writeFileAtomicSync(path: string, content: string | Uint8Array): void {
  const temporary = temporaryPathFor(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // The folder itself is unreachable: the first error says why.
    }
    throw asWriteError(error, path);
  }
}
