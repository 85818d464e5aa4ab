import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TilewrightError } from '../../codegen/support/errors.ts';
import {
  allocateSimBuffer,
  type IcarusOptions,
  type IcarusRun,
  type MemoryModel,
  openSimulator,
  runIcarus,
} from '../../sim/index.ts';
import { fault, writeBeatCopy } from '../sim/fixture/beat-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-icarus-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kernel = writeBeatCopy(join(folder, 'beat_copy'));

const mask = 0x0123456789abcdefn;
const easy: MemoryModel = { latency: 5, outstanding: 8, stall: 0, seed: 1 };

function workload(bursts: number, beats: number, memory: MemoryModel, broken = 0): IcarusRun {
  const bytes = bursts * beats * 64;
  let state = bursts * 31 + beats;
  const source = Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  });
  return {
    scalars: { mask, bursts, beats, fault: broken },
    buffers: { source, target: new Uint8Array(bytes + 64).fill(0xa5) },
    memory,
  };
}

/** What beat_copy makes of a workload; the beat after the last one stays as it was. */
function copied({ buffers }: IcarusRun): Uint8Array {
  const target = buffers['target'].slice();
  target.set(buffers['source']);
  const words = new BigUint64Array(target.buffer);
  for (let word = 0; word < buffers['source'].length / 8; word += 8) words[word] ^= mask;
  return target;
}

async function failureOf(work: Promise<unknown>): Promise<TilewrightError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TilewrightError)) throw new Error(`not a TilewrightError: ${error}`);
  return error;
}

const broken = (kind: number, options?: IcarusOptions) =>
  failureOf(runIcarus(kernel, [workload(4, 4, easy), workload(4, 4, easy, kind)], options));

describe('results', () => {
  const runs = Array.from({ length: 200 }, (_, index) =>
    workload(1 + (index % 7), 2 ** (index % 6), {
      latency: 1 + index,
      outstanding: 1 + (index % 9),
      stall: index % 3 === 0 ? 0 : 0.1 * (index % 7),
      seed: index,
    }),
  );

  test('of 200 runs in one go are right, whatever the memory does', async () => {
    const results = await runIcarus(kernel, runs);
    expect(results).toHaveLength(200);
    for (const [index, run] of runs.entries()) {
      const { outputs, ports } = results[index];
      expect(Buffer.compare(outputs['target'], copied(run)), `run ${index}`).toBe(0);
      const bursts = Number(run.scalars['bursts']);
      const beats = bursts * Number(run.scalars['beats']);
      expect(ports).toEqual([
        { port: 'm_axi_source', bursts, beats },
        { port: 'm_axi_target', bursts, beats },
      ]);
    }
  });

  test('take the same cycles as in Verilator where nothing is random', async () => {
    const some = [0, 3, 6, 15, 60, 153].map((index) => runs[index]);
    const results = await runIcarus(kernel, some);
    for (const [index, { memory, scalars, buffers }] of some.entries()) {
      const simulator = await openSimulator(kernel, { memory });
      const [source, target] = [buffers['source'], buffers['target']].map((data) => {
        const buffer = allocateSimBuffer(data.length);
        buffer.data.set(data);
        return buffer;
      });
      const { cycles, ports } = await simulator.run({ ...scalars, source, target });
      await simulator.close();
      expect(results[index].cycles).toBe(cycles);
      expect(results[index].ports).toEqual(ports);
    }
  });

  test('of the same seed are the same; another seed stalls otherwise', async () => {
    const memory = { ...easy, stall: 0.3 };
    const [first, again, other] = await runIcarus(kernel, [
      workload(20, 4, memory),
      workload(20, 4, memory),
      workload(20, 4, { ...memory, seed: 2 }),
    ]);
    expect(again).toEqual(first);
    expect(other.outputs).toEqual(first.outputs);
    expect(other.cycles).not.toBe(first.cycles);
  });

  test('of no runs are none', async () => {
    expect(await runIcarus(kernel, [])).toEqual([]);
  });
});

describe('a kernel that breaks a rule is told with run, port and rule', () => {
  const rules: readonly (readonly [keyof typeof fault, RegExp])[] = [
    ['cross4k', /rule within-4k: ar: the burst crosses a 4 KiB boundary/],
    ['misaligned', /araddr is not a multiple of 64/],
    ['earlyWlast', /rule last-beat: wlast is not on the last beat/],
    ['lateWlast', /rule last-beat: wlast is not on the last beat/],
    ['strayRead', /araddr is outside of the port's buffer/],
    ['strayWrite', /awaddr is outside of the port's buffer/],
    ['narrowRead', /arsize is not 6/],
    ['fixedBurst', /arburst is not 1/],
    [
      'earlyDone',
      /rule done-when-done: .* with 2 bursts still in flight|although the kernel is not running/,
    ],
    ['crossedPorts', /araddr is outside of the port's buffer/],
    ['oddWrite', /rule aligned: awaddr/],
    ['wrapWrite', /rule incrementing: awburst/],
    ['idleArvalid', /rule quiet-when-idle: arvalid/],
    ['lateArvalid', /rule (quiet-when-idle|done-when-done): /],
    ['badBresp', /port s_axi_control, rule okay: a response is an error/],
    ['badRresp', /port s_axi_control, rule okay: a response is an error/],
    ['earlyRvalid', /rule response-asked: rvalid came before a read was taken/],
    ['twoBvalids', /rule response-asked: bvalid came before a write was taken/],
  ];
  for (const [kind, message] of rules) {
    test(kind, async () => {
      const error = await broken(fault[kind]);
      expect(error.code).toBe('SIM_AXI_RULE');
      expect(error.message).toMatch(/^beat_copy in Icarus, run 1, cycle \d+: /);
      expect(error.message).toMatch(message);
      expect(error.hint).toBeTruthy();
    });
  }

  test('the run keeps its number when the runs are shared out', async () => {
    const runs = Array.from({ length: 40 }, (_, index) =>
      workload(2, 2, easy, index === 33 ? fault.earlyWlast : fault.none),
    );
    const error = await failureOf(runIcarus(kernel, runs));
    expect(error.message).toMatch(
      /^beat_copy in Icarus, run 33, cycle \d+: port m_axi_target \(memory target, beat_copy.v:4:1\), rule last-beat: wlast/,
    );
  });

  const waiting: readonly (readonly [keyof typeof fault, RegExp])[] = [
    ['dropArvalid', /m_axi_source .*: arvalid fell before ready/],
    ['changeAraddr', /m_axi_source .*: ar changed while it waited/],
    ['dropWvalid', /m_axi_target .*: wvalid fell before wready/],
    ['changeWdata', /m_axi_target .*: W changed while wvalid waited/],
  ];
  for (const [kind, message] of waiting) {
    test(`${kind}, seen when the memory stalls`, async () => {
      const run = workload(16, 4, { ...easy, stall: 0.5 }, fault[kind]);
      const error = await failureOf(runIcarus(kernel, [run]));
      expect(error.code).toBe('SIM_AXI_RULE');
      expect(error.message).toMatch(message);
    });
  }

  test('undefined bits in what it writes', async () => {
    const blurred = writeBeatCopy(join(folder, 'blurred'), (text) =>
      text.replace('^ mask ^', "^ (mask & 64'h0x0) ^"),
    );
    const error = await failureOf(runIcarus(blurred, [workload(1, 1, easy)]));
    expect(error.message).toMatch(
      /run 0, cycle \d+: port m_axi_target .*, rule defined: wdata has undefined bits/,
    );
  });
});

describe('a kernel that does not end', () => {
  test('because it takes no data: who waits for what', async () => {
    const error = await broken(fault.neverRready, { noProgressCycles: 500 });
    expect(error.code).toBe('SIM_DEADLOCK');
    expect(error.message).toMatch(/run 1, cycle \d+: kernel: no handshake for 500 cycles/);
    expect(error.message).toMatch(/m_axi_source: .*R valid=1 ready=0, 4 bursts in flight/);
  });

  test('because its registers do not answer', async () => {
    const error = await broken(fault.muteControl);
    expect(error.code).toBe('SIM_DEADLOCK');
    expect(error.message).toMatch(/a register write got no answer/);
  });

  test('though it is busy', async () => {
    const run = workload(16, 16, { ...easy, stall: 0.9 });
    const error = await failureOf(runIcarus(kernel, [run], { maximumCycles: 300 }));
    expect(error.code).toBe('SIM_CYCLE_LIMIT');
  });

  test('is stopped by its signal, and nothing stays behind', async () => {
    const before = scratchFolders();
    const run = workload(1, 1, easy, fault.neverRready);
    const controller = new AbortController();
    const work = runIcarus(kernel, [run], { noProgressCycles: 1e9, signal: controller.signal });
    setTimeout(() => controller.abort(), 1_000);
    expect((await failureOf(work)).code).toBe('ABORTED');
    expect(scratchFolders()).toEqual(before);
  });

  function scratchFolders(): string[] {
    return readdirSync(tmpdir()).filter((name) => name.startsWith('tilewright-icarus-run-'));
  }
});

describe('arguments', () => {
  const run = workload(1, 1, easy);
  const refused: readonly (readonly [string, Partial<IcarusRun>, RegExp])[] = [
    ['a half beat', { buffers: { ...run.buffers, source: new Uint8Array(32) } }, /has 32 bytes/],
    ['a missing buffer', { buffers: { source: new Uint8Array(64) } }, /'target' is missing/],
    ['a missing scalar', { scalars: {} }, /'mask' is missing/],
    ['a scalar out of range', { scalars: { ...run.scalars, bursts: -1 } }, /'bursts' is -1/],
    ['an unknown name', { scalars: { ...run.scalars, colour: 1 } }, /no argument 'colour'/],
    ['a latency of none', { memory: { ...easy, latency: 0 } }, /latency cannot be 0/],
    ['a memory that never answers', { memory: { ...easy, stall: 1 } }, /stall cannot be 1/],
  ];
  for (const [what, change, message] of refused) {
    test(`${what} is refused`, async () => {
      const error = await failureOf(runIcarus(kernel, [{ ...run, ...change }]));
      expect(error.message).toMatch(message);
    });
  }
});
