import { constants } from 'node:os';
import { TilewrightError } from '../../codegen/support/errors.ts';
import koffi from '../../codegen/support/koffi.ts';
import { takeMessages } from './message-log.ts';

const errnoNames = new Map(Object.entries(constants.errno).map(([name, value]) => [value, name]));

/** `EINVAL` for 22 and for −22; the number itself where this system has no name for it. */
export function errnoName(status: number): string {
  return errnoNames.get(Math.abs(status)) ?? `errno ${Math.abs(status)}`;
}

const hints: Readonly<Record<string, string>> = {
  ENODEV: 'Without a card, XRT emulates one: build with --target hw_emu and see `tilewright env`.',
  ENOENT:
    'Check the name of the file or kernel; `tilewright inspect FILE.xclbin` lists its kernels.',
  ENOMEM: 'Release buffers, use another memory bank, or cut the data into tiles.',
  EBUSY: 'Another process uses the card or the compute unit: end it, or open the kernel shared.',
  EPERM: 'Another process holds it: end it, or open the kernel shared.',
  EACCES: 'Your user must be allowed to use the card: see the group of /dev/dri/renderD*.',
};

/**
 * The error for a call of XRT that failed: what was tried, the name of the status, and what XRT itself
 * said about it.
 * @param status what the call returned, or nothing for one whose status is in errno.
 */
export function xrtError(what: string, status?: number): TilewrightError {
  // −1 is "see errno" of some calls and EPERM of others, which report −1 for whatever was thrown.
  const number = status === undefined || status === -1 ? koffi.errno() : status;
  const name = number === 0 ? 'no status' : errnoName(number);
  const said = takeMessages();
  return new TilewrightError(`XRT: ${what}: ${said === '' ? name : `${said} (${name})`}`, {
    code: 'XRT_STATUS',
    hint:
      hints[name] ??
      'See what `tilewright doctor` says of XRT, and `tilewright inspect` of the xclbin.',
    details: { status: name, said },
  });
}

/** @throws TilewrightError `XRT_STATUS` unless the status is 0. */
export function check(what: string, status: number): void {
  if (status !== 0) throw xrtError(what, status);
}
