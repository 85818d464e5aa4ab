import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type CrashRecord, readCrash, writeCrashFolder } from './crash-folder.ts';

const run = { seed: 3, size: 2, latency: 4, stall: 0, outstanding: 4 };
const one: CrashRecord = {
  source: readFileSync(join(packageRoot(), 'test/crashers/one-lane.ts'), 'utf8'),
  kernel: 'one_lane',
  programSeed: 17,
  runs: [run],
  targets: ['passes', 'hls'],
  findings: [
    {
      target: 'hls',
      kind: 'mismatch',
      text: 'output[3] is 1, golden 0',
      memory: 'output',
      element: 3,
      run,
    },
    { target: 'passes', kind: 'error', where: 'dead-code', text: 'a variable is gone' },
  ],
};

describe('a crash folder', () => {
  const { folder, write } = temporaryFolder();

  test('holds every artefact, and is read back as it was', { timeout: 120_000 }, async () => {
    const path = await writeCrashFolder(folder, one);
    expect(path).toBe(join(folder, 'mismatch-hls-17'));
    expect(readCrash(path)).toEqual(one);
    expect(existsSync(join(path, 'incomplete.txt'))).toBe(false);
    const irs = readdirSync(join(path, 'ir'));
    expect(irs[0]).toBe('00-front-end.ir');
    expect(irs).toContain('01-unroll-loops.ir');
    for (const file of ['manifest.json', 'kernel.xml']) {
      expect(existsSync(join(path, 'emitted', file))).toBe(true);
    }
    const bytes = (name: string) => readFileSync(join(path, 'runs', '1', name));
    // Two beats of 64 bytes are read, two written.
    expect(bytes('inputs/input.bin')).toHaveLength(128);
    expect(bytes('golden/output.bin')).toHaveLength(128);
    expect(bytes('hls/output.bin')).toEqual(bytes('golden/output.bin'));
    expect(bytes('hls/differences.txt').toString()).toBe('no element differs\n');
    const { versions } = JSON.parse(readFileSync(join(path, 'crash.json'), 'utf8'));
    expect(versions.node).toBe(process.version);
    expect(Object.keys(versions)).toEqual([
      'node',
      'verilator',
      'g++',
      'iverilog',
      'yosys',
      'tilewright',
    ]);
    expect(statSync(join(path, 'run.sh')).mode & 0o111).toBe(0o111);
  });

  test('of a kernel that the compiler refuses tells why', { timeout: 120_000 }, async () => {
    const source = one.source.replace('v[0] & 1', 'v[0] / 3');
    const findings = [{ target: 'compile', kind: 'refused', where: 'TW2001', text: 'no' }] as const;
    const path = await writeCrashFolder(folder, { ...one, source, findings });
    expect(readFileSync(join(path, 'compiler-error.txt'), 'utf8')).toContain('kernel.ts:');
  });

  test('of a kernel that never ends is written all the same', { timeout: 120_000 }, async () => {
    const source = `while (Date.now() > 0) {}\n${one.source}`;
    const findings = [{ target: 'golden', kind: 'hang', text: 'no end' }] as const;
    const path = await writeCrashFolder(folder, { ...one, source, findings }, { patience: 2 });
    expect(readFileSync(join(path, 'incomplete.txt'), 'utf8')).toContain('more than 2 s');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('is told from others', () => {
    expect(() => readCrash(folder)).toThrow('is no crash folder: it has no crash.json');
    write('kernel.ts', one.source);
    const { source: _, ...json } = one;
    for (const [text, why] of [
      ['{"kernel": "one', 'its crash.json is no JSON'],
      ['null', 'its crash.json names no kernel and no seed'],
      [JSON.stringify({ ...json, targets: ['card'] }), 'its crash.json lacks runs, targets'],
      [JSON.stringify({ ...json, runs: [null] }), 'its crash.json lacks runs, targets'],
    ]) {
      write('crash.json', text);
      expect(() => readCrash(folder)).toThrow(`is no crash folder: ${why}`);
    }
  });

  test('has a run.sh that finds its checkout', async () => {
    const path = join(folder, 'mismatch-hls-17');
    const script = join(path, 'run.sh');
    const lost = await execa('sh', [script], { reject: false, env: { TILEWRIGHT: '' } });
    expect(lost.exitCode).toBe(2);
    expect(lost.stderr).toContain('name one: TILEWRIGHT=/path/to/tilewright');
    // A checkout that says what it was called with.
    const checkout = join(folder, 'checkout with a space');
    write('checkout with a space/test/fuzz/main.ts', '');
    mkdirSync(join(checkout, 'node_modules/.bin'), { recursive: true });
    const jiti = join(checkout, 'node_modules/.bin/jiti');
    writeFileSync(jiti, '#!/bin/sh\npwd\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const found = await execa('sh', [script, '--json'], { env: { TILEWRIGHT: checkout } });
    expect(found.stdout.split('\n')).toEqual([
      checkout,
      'test/fuzz/main.ts',
      '--replay',
      path,
      '--json',
    ]);
  });
});
