import { basename } from 'node:path';
import { TilewrightError } from '../../support/errors.ts';

/** The part on a board, by the word for the board in its platforms' names (AMD's data sheets and XPFMs). */
const parts: Readonly<Record<string, string>> = {
  u50: 'xcu50-fsvh2104-2-e',
  u55c: 'xcu55c-fsvh2892-2L-e',
  u200: 'xcu200-fsgd2104-2-e',
  u250: 'xcu250-figd2104-2L-e',
  u280: 'xcu280-fsvh2892-2L-e',
  zcu102: 'xczu9eg-ffvb1156-2-e',
  zcu104: 'xczu7ev-ffvc1156-2-e',
};

/**
 * The part that HLS compiles for: the platform itself is known to the linker alone.
 * @param platform a platform's name or the path of its `.xpfm`, e.g. `xilinx_u280_gen3x16_xdma_1_202211_1`.
 * @throws TilewrightError `VITIS_PART` when the platform's name tells no board that is known.
 */
export function cardPart(platform: string): string {
  const words = basename(platform).split('_');
  const board = words.find((word) => Object.hasOwn(parts, word));
  const part = board === undefined ? undefined : parts[board];
  if (part !== undefined) return part;
  throw new TilewrightError(`which part the platform ${platform} has is not known here`, {
    code: 'VITIS_PART',
    hint: 'Add --part, e.g. --part xcu280-fsvh2892-2L-e (`platforminfo -p PLATFORM` names it).',
  });
}
