import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Manifest } from '../../codegen/package/manifest.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { artefactStore, contentHash } from '../../codegen/support/store.ts';
import { synthesisText } from '../../host/cli/synthesis-text.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import { runJob } from '../../host/synth/run-yosys.ts';
import { synthesise } from '../../host/synth/synthesise.ts';
import { call, onlyJson } from '../cli/call.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { smallKernel } from './small-kernel.ts';

const { folder, write } = temporaryFolder();
const fixtures = join(import.meta.dirname, 'fixtures');
let count = 0;

/** Puts a program called yosys on PATH, which runs `script` in the folder of the Verilog files. */
function yosysIs(script: string): string {
  const bin = join(folder, `bin-${count++}`);
  const body = `#!/bin/sh\nif [ "$1" = -V ]; then echo "Yosys 9.9"; exit; fi\n${script}\n`;
  chmodSync(write(join(bin.slice(folder.length + 1), 'yosys'), body), 0o755);
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
  return bin;
}

/** What the real one wrote for the kernel of the fixtures. */
const answers = `cp ${fixtures}/stat.json ${fixtures}/netlist.json ${fixtures}/sta.txt .
echo run >> ${folder}/runs.txt; echo "2.1. Executing OPT pass" | tee yosys.log`;
const runs = () =>
  existsSync(join(folder, 'runs.txt'))
    ? readFileSync(join(folder, 'runs.txt'), 'utf8').split('\n').length - 1
    : 0;

function chainKernel(): BuiltKernel {
  const artefacts = ['chain', 'chain_work', 'chain_store'].map((name) => {
    const text = readFileSync(join(fixtures, `${name}.v`), 'utf8');
    write(`kernel/verilog/${name}.v`, text);
    return { path: `verilog/${name}.v`, kind: 'verilog' as const, sha256: contentHash(text) };
  });
  const source = Array.from({ length: 30 }, (_, line) => `  // line ${line + 1}`).join('\n');
  return {
    manifest: { kernel: 'chain', parameters: { taps: 3 }, artefacts } as unknown as Manifest,
    folder: join(folder, 'kernel'),
    sourceFile: write('kernel/kernels/chain.ts', source),
  };
}

async function failureOf(work: Promise<unknown>): Promise<TilewrightError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TilewrightError)) throw new Error(`not a TilewrightError: ${error}`);
  return error;
}

let store = artefactStore({ folder: join(folder, 'store') });

beforeEach(() => {
  mkdirSync(join(folder, `store-${count}`), { recursive: true });
  store = artefactStore({ folder: join(folder, `store-${count}`) });
});
afterEach(() => vi.unstubAllEnvs());

test('the report joins area, shares and the slowest path, and is kept for the next call', async () => {
  yosysIs(answers);
  const kernel = chainKernel();
  const told: string[] = [];
  const log = join(folder, 'kept.log');
  const report = await synthesise(kernel, {
    store,
    card: 'u280',
    log,
    onProgress: (text) => told.push(text),
  });
  expect(runs()).toBe(3);
  expect(report).toMatchObject({
    kernel: 'chain',
    yosys: 'Yosys 9.9',
    family: 'xcup',
    area: { kernel: { lut: 43, ff: 48 }, uncounted: [] },
    timing: {
      family: 'xc7',
      kernel: { ns: 2.628, source: { file: 'kernels/chain.ts', line: 13, text: '// line 13' } },
      instances: null,
    },
  });
  expect(report.area.share?.lut).toBeCloseTo(43 / 1_303_680, 9);
  expect(report.area.runs.map(({ command }) => command)).toEqual([
    'synth_xilinx -family xcup -flatten -noiopad -noclkbuf; stat -tech xilinx',
    'synth_xilinx -family xcup -flatten -noiopad -noclkbuf; stat -tech xilinx',
  ]);
  expect(told.some((text) => text.includes('step 2.1 opt'))).toBe(true);
  expect(readFileSync(log, 'utf8').match(/Executing OPT/g)).toHaveLength(3);

  const text = synthesisText(report, 2);
  expect(text).toContain('MISSES the clock of 2 ns');
  expect(text).toMatch(/^LUT +43 +1303680 +0\.00 %$/m);
  expect(text).toContain('from process_work.r_total[1]');
  expect(text).toContain('are kernels/chain.ts:13: // line 13');
  expect(synthesisText(report, 3)).toContain('within the clock of 3 ns');

  const again = await synthesise(kernel, { store, card: 'u280' });
  expect(runs()).toBe(3);
  expect(again.area.runs.every(({ cached }) => cached)).toBe(true);
  expect({ ...again.timing, runs: [] }).toEqual({ ...report.timing, runs: [] });
  // Nothing of the work is kept but its result and its log.
  const kept = (await store.list()).map((one) => readdirSync(one.folder).sort());
  expect(kept).toEqual(Array(3).fill(['artefact.json', 'result.json', 'yosys.log']));
  // Another architecture is another question.
  await runJob(kernel, { kind: 'area', family: 'xc7', hierarchy: 'flat' }, { store });
  expect(runs()).toBe(4);
});

test('a card of another family is a wrong call', async () => {
  const error = await failureOf(synthesise(chainKernel(), { store, card: 'u50', family: 'xc7' }));
  expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
  expect(error.message).toContain('Alveo U50');
});

test('what Yosys refuses is told with its place, and nothing is kept', async () => {
  yosysIs('printf "some pass\\nchain_work.v:14: ERROR: syntax error\\n" | tee yosys.log; exit 1');
  const error = await failureOf(
    runJob(chainKernel(), { kind: 'timing', hierarchy: 'flat' }, { store }),
  );
  expect(error.code).toBe('TOOL_FAILED');
  expect(error.message).toBe('Yosys stopped: syntax error');
  expect(error.location).toEqual({
    file: join(folder, 'kernel/verilog/chain_work.v'),
    line: 14,
  });
  expect(error.hint).toContain('--log yosys.log');
  expect(await store.list()).toEqual([]);
});

test('what Yosys writes and nobody can read is told, not guessed', async () => {
  yosysIs('echo "{" > stat.json');
  const job = { kind: 'area', family: 'xcup', hierarchy: 'flat' } as const;
  const error = await failureOf(runJob(chainKernel(), job, { store }));
  expect(error.code).toBe('SYNTH_OUTPUT');
  expect(error.message).toContain('statistics');
  expect(await store.list()).toEqual([]);
});

test('Ctrl-C ends Yosys and whatever else waits', async () => {
  const started = join(folder, 'started.txt');
  yosysIs(`echo $$ >> ${started}; exec sleep 600`);
  const stop = new AbortController();
  const work = failureOf(synthesise(chainKernel(), { store, signal: stop.signal }));
  while (!existsSync(started)) await sleep(20);
  stop.abort();
  expect((await work).code).toBe('ABORTED');
  const alive = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z';
    } catch {
      return false;
    }
  };
  const pids = readFileSync(started, 'utf8').trim().split('\n');
  if (existsSync('/proc/self')) expect(pids.filter(alive)).toEqual([]);
  expect(await store.list()).toEqual([]);
});

test('the command: no Yosys, no timing to check, a clock that is missed', async () => {
  const path = write('small.ts', smallKernel);
  vi.stubEnv('TILEWRIGHT_CACHE', join(folder, 'cli-store'));
  vi.stubEnv('PATH', join(folder, 'nothing-here'));
  const missing = await call(['synth', path, '--json']);
  expect(missing.code).toBe(1);
  expect(onlyJson(missing.stdout)['error']).toMatchObject({ code: 'TOOL_MISSING' });
  expect(missing.stdout).toContain('sudo apt-get install yosys');

  const wrong = await call(['synth', path, '--no-timing', '--clock', '3']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('--clock needs the timing');

  const renamed = `sed 's/chain"/small"/g' ${fixtures}/stat.json > stat.json
sed 's/"chain"/"small"/' ${fixtures}/netlist.json > netlist.json
sed "s/'chain'/'small'/" ${fixtures}/sta.txt > sta.txt; echo > yosys.log`;
  yosysIs(renamed);
  const late = await call(['synth', path, '--clock', '2.5', '--json']);
  expect(late.code).toBe(1);
  expect(onlyJson(late.stdout)).toMatchObject({
    clock: 2.5,
    meetsClock: false,
    yosys: 'Yosys 9.9',
  });
  const fine = await call(['synth', path, '--clock', '2.7', '--card', 'zcu104']);
  expect(fine.stderr).not.toContain('error');
  expect(fine.code).toBe(0);
  expect(fine.stdout).toContain('within the clock of 2.7 ns');
  expect(fine.stdout).toContain('ZCU104 has');
});
