import { fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let descriptor = -1;
let read = 0;

/**
 * The file that XRT writes its messages to, which it would print on standard error otherwise. It has no
 * name any more when XRT opens it, so nothing is left behind.
 * @returns the value of XRT's setting `Runtime.runtime_log`.
 */
export function openMessageLog(): string {
  if (descriptor < 0) {
    const path = join(tmpdir(), `tilewright-xrt-${process.pid}.log`);
    descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
  }
  return `/proc/self/fd/${descriptor}`;
}

/** More of it was said by calls before. */
const tailBytes = 4096;

/**
 * The last error that XRT has told of since it was asked last, on one line; empty when there is none. To be
 * called before what may fail as well, so that nothing older is taken for its reason.
 */
export function takeMessages(): string {
  if (descriptor < 0) return '';
  const { size } = fstatSync(descriptor);
  if (size === read) return '';
  const from = Math.max(read, size - tailBytes);
  const part = Buffer.alloc(size - from);
  readSync(descriptor, part, 0, part.length, from);
  read = size;
  const lines = part.toString('utf8').split('\n');
  const last = lines.filter((line) => /error\s*:/i.test(line)).at(-1) ?? '';
  return last.replace(/^.*?error\s*:\s*/i, '').trim();
}
