import { check } from './status.ts';

/** The C functions of information: a number for what is asked, a size, where it goes, and its size. */
type Ask = (name: number, bytes: number, value: Uint8Array | null, size: BigUint64Array) => number;

/** The bytes of one piece of information about a platform, device, program or event. */
export function infoBytes(what: string, ask: Ask, name: number): Uint8Array {
  const size = new BigUint64Array(1);
  check(what, ask(name, 0, null, size));
  const value = new Uint8Array(Number(size[0]));
  if (value.length > 0) check(what, ask(name, value.length, value, size));
  return value;
}

export function infoText(what: string, ask: Ask, name: number): string {
  const text = Buffer.from(infoBytes(what, ask, name)).toString('utf8');
  return text.replace(/\0+$/, '').trim();
}

/** An integer of 4 or 8 bytes. */
export function infoNumber(what: string, ask: Ask, name: number): number {
  const bytes = infoBytes(what, ask, name);
  const view = new DataView(bytes.buffer);
  return bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : view.getUint32(0, true);
}
