import { describe, expect, test } from 'vitest';
import { acceptedPrograms } from './generate/accepted-programs.ts';
import { features } from './generate/features.ts';
import { kernelOfPrograms } from './generate/kernel-of-programs.ts';
import { randomProgram } from './generate/random-program.ts';

const seeds = Array.from({ length: 24 }, (_, at) => at + 1);

describe('random programs', () => {
  test('the same seed gives the same text, another seed another', () => {
    for (const seed of seeds) expect(randomProgram(seed)).toEqual(randomProgram(seed));
    expect(new Set(seeds.map((seed) => randomProgram(seed).source)).size).toBe(seeds.length);
  });

  test('the front end takes most of them', { timeout: 300_000 }, async () => {
    const { programs } = await acceptedPrograms(seeds.map((seed) => randomProgram(seed)));
    expect(programs.length).toBeGreaterThanOrEqual(0.85 * seeds.length);
  });

  test('any of them alone is a kernel, a small one too', { timeout: 300_000 }, async () => {
    for (const one of [randomProgram(2), randomProgram(3, { small: true })]) {
      expect((await acceptedPrograms([one])).programs).toEqual([one]);
    }
  });
});

describe('a kernel of programs', () => {
  const programs = seeds.map((seed) => randomProgram(seed));
  const kernel = kernelOfPrograms('programs', programs);

  test('tells whose a line is', () => {
    const lines = kernel.source.split('\n');
    const first = lines.findIndex((line) => /^function work\d+_7\(/.test(line));
    expect(programs[kernel.programOfLine(first + 1) ?? -1].seed).toBe(7);
    expect(kernel.programOfLine(1)).toBe(undefined);
  });

  test('tells whose a word of the output is', () => {
    const words = new Map<number | undefined, number>();
    const row = /output: n \* (\d+)/.exec(kernel.source)?.[1];
    for (let element = 0; element < Number(row); element++) {
      const at = kernel.programOfElement('output', element);
      expect(kernel.programOfElement('output', element + Number(row))).toBe(at);
      words.set(at, (words.get(at) ?? 0) + 1);
    }
    for (const [at, one] of programs.entries()) expect(words.get(at)).toBe(one.words.length);
  });

  test('tells whose a process is', () => {
    expect(kernel.programOfProcess('work9_7')).toBe(6);
    expect(kernel.programOfProcess('pack_7')).toBe(undefined);
    expect(kernel.programOfProcess('feed')).toBe(undefined);
  });
});

test('all that is in the list occurs within a hundred and fifty programs', () => {
  const found = new Set(
    Array.from({ length: 150 }, (_, at) => randomProgram(at + 1)).flatMap((one) => one.features),
  );
  expect(features.filter((one) => !found.has(one))).toEqual([]);
});
