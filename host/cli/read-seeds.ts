import { TilewrightError } from '../../codegen/support/errors.ts';
import { printable } from '../../codegen/support/printable.ts';
import { readInput } from './read-input.ts';

/** Ten digits and an end of line for each of as many nodes as a graph can have would be more, and nobody's wish. */
const mostBytes = 2 ** 30;
/** What some editors begin a text in UTF-8 with, read byte by byte. */
const byteOrderMark = '\xef\xbb\xbf';
const digits = /^\d{1,10}$/;

/**
 * The nodes that a text file names, one number a line; empty lines are left out.
 * @param nodes of the graph.
 * @throws TilewrightError `FILE_UNREADABLE`; `SEEDS` naming the line that is no node.
 */
export async function readSeeds(file: string, nodes: number): Promise<Uint32Array> {
  const text = (await readInput(file, 'a file of seeds', mostBytes)).toString('latin1');
  const seeds: number[] = [];
  let line = 0;
  for (let at = text.startsWith(byteOrderMark) ? 3 : 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    const word = text.slice(at, end).trim();
    at = end + 1;
    line += 1;
    if (word === '') continue;
    const node = digits.test(word) ? Number(word) : Number.NaN;
    if (!(node < nodes)) {
      const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
      throw new TilewrightError(`${file}:${line}: '${printable(shown)}' is no node of the graph`, {
        code: 'SEEDS',
        hint: `Write one number a line, from 0 to ${nodes - 1}.`,
        location: { file, line },
      });
    }
    seeds.push(node);
  }
  if (seeds.length === 0) {
    throw new TilewrightError(`${file} names no node`, {
      code: 'SEEDS',
      hint: 'Write one number a line, or leave --seeds out for all nodes.',
    });
  }
  return Uint32Array.from(seeds);
}
