import { TilewrightError } from '../../codegen/support/errors.ts';
import { kindOf } from '../../codegen/support/kind-of.ts';

/**
 * Refuses what cannot be moved between the host and a buffer of a device.
 * @param part the bytes on the host's side.
 * @param bytes of the buffer.
 * @throws TilewrightError `BUFFER_BYTES` where it is no Uint8Array, whose elements would each become one byte;
 * `BUFFER_RANGE` where it is outside the buffer.
 */
export function checkTransfer(
  what: 'read' | 'write',
  part: Uint8Array,
  offset: number,
  bytes: number,
): void {
  // What comes from JavaScript may be anything.
  if (!(part instanceof Uint8Array)) {
    throw new TilewrightError(
      `${what} of a device's buffer takes a Uint8Array, not ${kindOf(part)}`,
      {
        code: 'BUFFER_BYTES',
        hint: `Give its bytes: ${what}(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)).`,
      },
    );
  }
  const { byteLength } = part;
  if (Number.isSafeInteger(offset) && offset >= 0 && offset + byteLength <= bytes) return;
  throw new TilewrightError(
    `cannot ${what} ${byteLength} bytes at ${offset} of a buffer of ${bytes} bytes`,
    { code: 'BUFFER_RANGE', hint: 'Allocate a larger buffer, or transfer fewer bytes.' },
  );
}
