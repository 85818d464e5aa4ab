import { readFile } from 'node:fs/promises';
import { gunzipSync, inflateSync } from 'node:zlib';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { RValue } from './r-serialisation.ts';
import { namedElements, readRSerialisation } from './r-serialisation.ts';

/**
 * Reads one object from a lazy-load database of an R package: `<base>.rdx` (gzip: an index of offset
 * and length by name) and `<base>.rdb` (for each object its unpacked length, 4 bytes big-endian, and a
 * zlib stream of its serialisation).
 * @throws TilewrightError when a file is missing or damaged, or holds no such object.
 */
export async function readLazyLoad(base: string, name: string): Promise<RValue> {
  try {
    const index = namedElements(readRSerialisation(gunzipSync(await readFile(`${base}.rdx`))));
    const variables = index.get('variables');
    const place = variables === undefined ? undefined : namedElements(variables).get(name)?.values;
    if (!(place instanceof Int32Array) || place.length !== 2) {
      throw new Error(`its index has no object ${name}`);
    }
    const [offset, length] = place;
    const chunk = (await readFile(`${base}.rdb`)).subarray(offset, offset + length);
    if (chunk.length !== length) throw new Error('the file is cut off');
    const unpacked = inflateSync(chunk.subarray(4));
    if (unpacked.length !== chunk.readUInt32BE(0)) throw new Error(`object ${name} is damaged`);
    return readRSerialisation(unpacked);
  } catch (error) {
    throw new TilewrightError(`cannot read ${name} from ${base}.rdb: ${(error as Error).message}`, {
      code: 'DATASET_UNREADABLE',
      hint: 'Remove the folder and load again, or reinstall: apt-get install --reinstall r-cran-dslabs.',
      cause: error,
    });
  }
}
