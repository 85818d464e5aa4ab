import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../codegen/support/package-root.ts';
import { loopEnds } from './loop-ends.ts';
import { isSmaller, programSize } from './program-size.ts';
import { type ShrinkCounts, shrink } from './shrink.ts';
import { showsIn, wrongPasses } from './wrong-passes.ts';

const source = readFileSync(join(packageRoot(), 'examples/kernels/prefix-sum.ts'), 'utf8');

/** A failure that is a matter of the text alone. */
const adds = async (text: string) => /[\w\])] \+ \w/.test(text);

/** Statements of a function of a program, those in its loops too. */
function statements(text: string, name: string): number {
  const [, body = ''] = new RegExp(`function ${name}\\(.*?\\{\n(.*?)\n\\}`, 's').exec(text) ?? [];
  return body.split('\n').filter((line) => line.trim() !== '}').length;
}

describe('shrinking', () => {
  test('keeps what the predicate asks for and little else, always smaller, the same each time', async () => {
    const sizes = [programSize(source)];
    const counts: ShrinkCounts[] = [];
    const options = {
      onSmaller: (text: string) => void sizes.push(programSize(text)),
      onDone: (one: ShrinkCounts) => void counts.push(one),
    };
    const smallest = await shrink(source, adds, options);
    expect(await adds(smallest)).toBe(true);
    expect(smallest.length).toBeLessThan(source.length / 4);
    for (const [at, size] of sizes.entries()) {
      if (at > 0) expect(isSmaller(size, sizes[at - 1])).toBe(true);
    }
    expect(counts[0].smaller).toBe(sizes.length - 1);
    expect(await shrink(source, adds)).toBe(smallest);
  });

  test('ends with the best so far', async () => {
    const stop = new AbortController();
    const found: string[] = [];
    const smallest = await shrink(source, adds, {
      signal: stop.signal,
      onSmaller: (text) => {
        found.push(text);
        if (found.length === 2) stop.abort();
      },
    });
    expect(found).toHaveLength(2);
    expect(smallest).toBe(found[1]);
  });

  test('refuses a program that does not fail', async () => {
    await expect(shrink(source, async () => false)).rejects.toMatchObject({
      code: 'SHRINK_NOT_FAILING',
    });
  });

  test('passes on what goes wrong with the question itself', async () => {
    const broken = async (): Promise<boolean> => {
      throw new Error('no room on the disk');
    };
    await expect(shrink(source, broken)).rejects.toThrow('no room on the disk');
  });

  test('knows what may make a loop endless', () => {
    const ends = (body: string) => [...loopEnds(`while (left !== 0) { ${body} }`)].join();
    const loop = 'a = 1; if (b) continue; left = u8(left - 1);';
    expect(ends('if (b) continue; left = u8(left - 1);')).toBe(ends(loop));
    for (const other of [
      'a = 1;',
      'continue; left = u8(left - 1);',
      'if (b) continue; left = u8(0);',
    ]) {
      expect(ends(other)).not.toBe(ends(loop));
    }
    const counting = (head: string) => [...loopEnds(`for (let k = 0; ${head}) f(k);`)].join();
    expect(counting('k < 16; k++')).toBe(counting('k < 1; k++'));
    expect(counting('k < 16; k += 0')).not.toBe(counting('k < 16; k += 2'));
  });
});

describe('a bug planted in a pass', () => {
  const program = readFileSync(join(import.meta.dirname, 'planted-program.ts'), 'utf8');

  // One of them here: it takes hundreds of compilations.
  test.each(['saturation wraps'])(
    '%s: five statements are left',
    { timeout: 500_000 },
    async (name) => {
      const calls: number[] = [];
      const smallest = await shrink(program, showsIn(wrongPasses[name]), {
        onDone: (counts) => void calls.push(counts.calls),
      });
      expect(statements(smallest, 'work'), smallest).toBeLessThanOrEqual(5);
      // 348 when this was written: each may cost seconds.
      expect(calls[0]).toBeLessThan(450);
    },
  );
});
