import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TilewrightError } from '../../codegen/support/errors.ts';
import {
  allocateSimBuffer,
  defaultMemory,
  type MemoryModel,
  openSimulator,
  type SimBuffer,
  type Simulator,
  type SimulatorOptions,
} from '../../sim/index.ts';
import { fault, writeBeatCopy } from './fixture/beat-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-sim-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kernel = writeBeatCopy(join(folder, 'beat_copy'));

async function failureOf(work: () => Promise<unknown>): Promise<TilewrightError> {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TilewrightError)) throw new Error(`not a TilewrightError: ${error}`);
  return error;
}

interface Workload {
  readonly source: SimBuffer;
  readonly target: SimBuffer;
  readonly mask: bigint;
  readonly bursts: number;
  readonly beats: number;
  readonly fault: number;
}

function workload(bursts: number, beats: number, mask = 0x0123456789abcdefn, broken = 0): Workload {
  const bytes = Math.max(bursts * beats, 1) * 64;
  const [source, target] = [allocateSimBuffer(bytes), allocateSimBuffer(bytes)];
  let state = bursts * 31 + beats;
  for (let index = 0; index < bytes; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    source.data[index] = state >>> 16;
  }
  return { source, target, mask, bursts, beats, fault: broken };
}

function expectCopied({ source, target, mask, bursts, beats }: Workload): void {
  const expected = new BigUint64Array(source.data.slice().buffer);
  for (let beat = 0; beat < bursts * beats; beat++) expected[beat * 8] ^= mask;
  const used = bursts * beats * 64;
  const bytes = new Uint8Array(expected.buffer);
  expect(Buffer.compare(bytes.subarray(0, used), target.data.subarray(0, used))).toBe(0);
}

async function withSimulator<T>(
  options: SimulatorOptions,
  work: (simulator: Simulator) => Promise<T>,
): Promise<T> {
  const simulator = await openSimulator(kernel, options);
  try {
    return await work(simulator);
  } finally {
    await simulator.close();
  }
}

const run = (memory: Partial<MemoryModel>, load: Workload) =>
  withSimulator({ memory }, (simulator) => simulator.run({ ...load }));

describe('results', () => {
  test('are right whatever the memory does', async () => {
    let seed = 0;
    for (const stall of [0, 0.1, 0.5, 0.9]) {
      for (const [latency, outstanding, beats] of [
        [1, 1, 1],
        [2, 3, 4],
        [64, 64, 1],
        [40, 16, 8],
        [7, 4096, 64],
      ] as const) {
        const bursts = 13;
        const load = workload(bursts, beats);
        const { ports } = await run({ latency, outstanding, stall, seed: seed++ }, load);
        expectCopied(load);
        expect(ports).toEqual([
          { port: 'm_axi_source', bursts, beats: bursts * beats },
          { port: 'm_axi_target', bursts, beats: bursts * beats },
        ]);
      }
    }
  });

  test('depend on the seed and on nothing else', async () => {
    const cycles = async (seed: number) =>
      (await run({ stall: 0.3, seed }, workload(200, 2))).cycles;
    const [first, again, other] = [await cycles(1), await cycles(1), await cycles(2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('of nothing to do are nothing', async () => {
    const { cycles, ports } = await run({}, workload(0, 1));
    expect(cycles).toBeLessThan(10);
    expect(ports.map(({ beats }) => beats)).toEqual([0, 0]);
  });

  test('come again without a reset', async () => {
    await withSimulator({ memory: { stall: 0.2 } }, async (simulator) => {
      for (const bursts of [5, 1, 40]) {
        const load = workload(bursts, 2, BigInt(bursts) << 58n);
        const { ports } = await simulator.run({ ...load });
        expectCopied(load);
        expect(ports[0].beats).toBe(bursts * 2);
      }
    });
  });
});

describe('memory model', () => {
  test('L and OUT bound the throughput as Little says', async () => {
    for (const [latency, outstanding, beats] of [
      [64, 16, 1],
      [64, 64, 1],
      [64, 4, 4],
      [120, 16, 2],
      [200, 4, 16],
      [32, 64, 2],
    ] as const) {
      const bursts = Math.ceil((20 * (4 * latency + 100)) / beats);
      const useful = bursts * beats;
      const bound = Math.min(1, (outstanding * beats) / (latency + beats));
      const load = workload(bursts, beats);
      const { cycles } = await run({ latency, outstanding }, load);
      const name = `L=${latency} OUT=${outstanding} B=${beats}`;
      expect(cycles, name).toBeGreaterThanOrEqual(useful / bound);
      expect(cycles, name).toBeLessThanOrEqual(useful / (0.95 * bound) + 4 * latency + 100);
      expectCopied(load);
    }
  });

  test('a single burst takes the latency twice, and the beats once', async () => {
    const at = async (latency: number, beats: number) =>
      (await run({ latency }, workload(1, beats))).cycles;
    const base = await at(10, 1);
    expect((await at(110, 1)) - base).toBe(200);
    expect((await at(110, 8)) - (await at(110, 1))).toBe(7);
  });

  test('stalls cost about what they withhold', async () => {
    const load = workload(4000, 4);
    const { cycles } = await run({ stall: 0.5, latency: 8 }, load);
    // R is withheld in half of the cycles and so is W; a FIFO of 64 beats lies between the two.
    expect(cycles / 16_000).toBeGreaterThan(1.9);
    expect(cycles / 16_000).toBeLessThan(2.6);
  });

  test('refuses what it cannot be', async () => {
    for (const memory of [
      { latency: 0 },
      { outstanding: 0 },
      { outstanding: 1.5 },
      { stall: 1 },
      { seed: -1 },
    ]) {
      const error = await failureOf(() => openSimulator(kernel, { memory }));
      expect(error.code).toBe('SIM_OPTION');
      expect(error.message).toContain(Object.keys(memory)[0]);
      expect(error.hint).toMatch(/from .* to /);
    }
  });

  test('has the documented defaults', async () => {
    await withSimulator({}, async ({ memory }) => expect(memory).toEqual(defaultMemory));
    expect(defaultMemory).toMatchObject({ latency: 64, outstanding: 64, stall: 0 });
  });
});

describe('a kernel that breaks a rule of AXI', () => {
  const cases: readonly (readonly [keyof typeof fault, string, string, RegExp])[] = [
    ['dropArvalid', 'm_axi_source', 'valid-held', /arvalid fell before arready/],
    ['changeAraddr', 'm_axi_source', 'payload-stable', /address 0x\w+ to 0x\w+/],
    ['cross4k', 'm_axi_source', 'within-4k', /crosses a 4 KiB boundary/],
    ['misaligned', 'm_axi_source', 'aligned', /not a multiple of 64/],
    ['narrowRead', 'm_axi_source', 'full-width', /arsize is 5/],
    ['fixedBurst', 'm_axi_source', 'incrementing', /arburst is 0/],
    ['strayRead', 'm_axi_source', 'mapped', /source is 0x\w+ to 0x\w+ \(12800 bytes\)/],
    ['crossedPorts', 'm_axi_source', 'mapped', /outside of every buffer of this port/],
    ['earlyWlast', 'm_axi_target', 'last-beat', /wlast is high with 3 beats/],
    ['lateWlast', 'm_axi_target', 'last-beat', /wlast is low on the last beat/],
    ['changeWdata', 'm_axi_target', 'payload-stable', /wdata changed/],
    ['dropWvalid', 'm_axi_target', 'valid-held', /wvalid fell/],
    ['strayWrite', 'm_axi_target', 'mapped', /begins at byte -256/],
    ['earlyDone', 'm_axi_', 'done-when-done', /bursts still in flight/],
    ['changeArlen', 'm_axi_source', 'payload-stable', /len 3 to 2/],
    ['dropAwvalid', 'm_axi_target', 'valid-held', /awvalid fell before awready/],
    ['changeAwaddr', 'm_axi_target', 'payload-stable', /aw changed while awvalid waited/],
    ['writeAcross', 'm_axi_target', 'within-4k', /crosses a 4 KiB boundary/],
    ['oddWrite', 'm_axi_target', 'aligned', /awaddr 0x\w+ is not a multiple of 64/],
    ['narrowWrite', 'm_axi_target', 'full-width', /awsize is 3 \(8 bytes a beat\)/],
    ['wrapWrite', 'm_axi_target', 'incrementing', /awburst is 2/],
    ['changeWstrb', 'm_axi_target', 'payload-stable', /wstrb changed/],
    ['changeWlast', 'm_axi_target', 'payload-stable', /wlast changed/],
    ['extraBeat', 'm_axi_target', 'done-when-done', /beats sent that belong to no burst|wvalid/],
    [
      'lateArvalid',
      'm_axi_source',
      'done-when-done',
      /1 bursts still in flight|arvalid still high/,
    ],
    ['idleArvalid', 'm_axi_source', 'quiet-when-idle', /arvalid is high although/],
    ['idleWvalid', 'm_axi_target', 'quiet-when-idle', /wvalid is high although/],
    ['earlyBvalid', 's_axi_control', 'response-asked', /bvalid came before the write was taken/],
    ['dropBvalid', 's_axi_control', 'valid-held', /bvalid fell before bready/],
    ['changeBresp', 's_axi_control', 'payload-stable', /bresp changed while bvalid waited/],
    ['badBresp', 's_axi_control', 'okay', /bresp is 2, an error/],
    ['twoBvalids', 's_axi_control', 'response-asked', /bvalid/],
    ['strayBvalid', 's_axi_control', 'response-asked', /bvalid is high although no write was made/],
    ['earlyRvalid', 's_axi_control', 'response-asked', /rvalid came before the read was taken/],
    ['dropRvalid', 's_axi_control', 'valid-held', /rvalid fell before rready/],
    ['changeRdata', 's_axi_control', 'payload-stable', /rdata changed while rvalid waited/],
    ['badRresp', 's_axi_control', 'okay', /rresp is 2, an error/],
    ['strayRvalid', 's_axi_control', 'response-asked', /rvalid is high although no read was made/],
  ];

  test.each(cases)('%s is told by port, cycle and rule', async (name, port, rule, text) => {
    const load = workload(50, 4, 0n, fault[name]);
    const memory = port === 's_axi_control' ? '' : ' \\(memory (source|target), beat_copy.v:4:1\\)';
    // Registers are written a few times only, so their master has to hesitate often.
    const stall = port === 's_axi_control' ? 0.8 : 0.3;
    const slow = { latency: 20, outstanding: 8, stall, seed: 3 };
    const error = await failureOf(() => run(slow, load));
    expect(error.code).toBe('SIM_AXI_RULE');
    expect(error.message).toMatch(
      new RegExp(`^beat_copy: port ${port}\\w*${memory}, cycle \\d+, rule ${rule}: `),
    );
    expect(error.message).toMatch(text);
    expect(error.hint).toContain('--trace');
  });

  test('has more bursts in flight than its manifest promises', async () => {
    const memory = { latency: 1000, outstanding: 100 };
    const error = await failureOf(() => run(memory, workload(100, 1)));
    expect(error.message).toMatch(
      /port m_axi_source.*, rule promised-outstanding: 65 bursts .* promises 64 at most/,
    );
  });

  test('raises a valid in reset: any of them is seen', async () => {
    // Registers without a reset hold anything at power-up, by the seed: so one model breaks each rule.
    const restless = writeBeatCopy(join(folder, 'restless'), (text) =>
      [
        ['    reg         start;', '    reg  [4:0]  restless;\n    reg         start;'],
        ["axi_control_bvalid <= 1'b0;", 'axi_control_bvalid <= restless[0];'],
        ["axi_control_rvalid <= 1'b0;", 'axi_control_rvalid <= restless[1];'],
        ['arvalid <= ap_rst_n && fault', 'arvalid <= !ap_rst_n ? restless[2] : fault'],
        ["target_awvalid <= 1'b0;", 'target_awvalid <= !ap_rst_n && restless[3];'],
        ['target_wvalid = !empty', 'target_wvalid = (!ap_rst_n && restless[4]) || !empty'],
      ].reduce((all, [from, to]) => all.replace(from, to), text),
    );
    const seen = new Set<string>();
    for (let seed = 0; seed < 32; seed++) {
      const open = async () => (await openSimulator(restless, { memory: { seed } })).close();
      const error = await open().catch((reason: unknown) => String(reason));
      const found = /port (\w+).*, rule reset: (\w+) is high/.exec(error ?? '');
      if (found !== null) seen.add(`${found[1]} ${found[2]}`);
    }
    expect([...seen].sort()).toEqual([
      'm_axi_source arvalid',
      'm_axi_target awvalid',
      'm_axi_target wvalid',
      's_axi_control bvalid',
      's_axi_control rvalid',
    ]);
  });

  test('fails for good, but can be closed', async () => {
    await withSimulator({}, async (simulator) => {
      const broken = { ...workload(4, 4, 0n, fault.misaligned) };
      const first = await failureOf(() => simulator.run(broken));
      const second = await failureOf(() => simulator.run({ ...workload(4, 4) }));
      expect(second.message).toBe(first.message);
    });
  });
});

describe('a kernel that is stuck', () => {
  test('is reported with the state of every port', async () => {
    const load = workload(50, 4, 0n, fault.neverRready);
    const error = await failureOf(() => run({ outstanding: 8 }, load));
    expect(error.code).toBe('SIM_DEADLOCK');
    expect(error.message).toMatch(/no handshake on any port since cycle \d+, for 206\d\d cycles/);
    expect(error.message).toMatch(
      /m_axi_source \(memory source, beat_copy.v:4:1\): AR valid=1 ready=0, R valid=1 ready=0, 8 bursts in flight, .*the kernel does not take the data/,
    );
    expect(error.message).toMatch(/m_axi_target .*: .*the kernel owes the data of a burst/);
    expect(error.message).toContain(
      'stream copied is empty: save can read nothing until load writes',
    );
    expect(error.hint).toContain('noProgressCycles');
  });

  test('by a stream that nobody empties is reported with who waits for whom', async () => {
    const load = workload(50, 4, 0n, fault.neverWvalid);
    const error = await failureOf(() => run({}, load));
    expect(error.code).toBe('SIM_DEADLOCK');
    expect(error.message).toContain(
      'stream copied is full (depth 64): load can write no more until save reads',
    );
  });

  test('is reported also when it never says that it is done', async () => {
    for (const broken of [fault.busyForever, fault.noInterrupt]) {
      const load = workload(3, 2, 0n, broken);
      const error = await failureOf(() =>
        withSimulator({ noProgressCycles: 500 }, (simulator) => simulator.run({ ...load })),
      );
      expect(error.code).toBe('SIM_DEADLOCK');
      expect(error.message).toContain('the kernel asks for nothing');
    }
  });

  test('and when its registers do not answer', async () => {
    const error = await failureOf(() =>
      withSimulator({}, async (simulator) => {
        simulator.writeRegister(0x44, fault.muteControl);
        simulator.writeRegister(0x34, 1);
      }),
    );
    expect(error.code).toBe('SIM_DEADLOCK');
    expect(error.message).toContain('register 0x34');
  });

  test('or is busy for ever: the cycle limit ends it', async () => {
    const error = await failureOf(() =>
      withSimulator({ maximumCycles: 30_000 }, (simulator) =>
        simulator.run({ ...workload(100_000, 1) }),
      ),
    );
    expect(error.code).toBe('SIM_CYCLE_LIMIT');
  });
});

describe('registers', () => {
  test('tell of the run over AXI-Lite: idle, done once, idle again', async () => {
    await withSimulator({}, async (simulator) => {
      const load = workload(20, 4);
      const [started, done, idle] = [1, 2, 4];
      expect(simulator.readRegister(0) & (started | done | idle)).toBe(idle);
      simulator.start({ ...load });
      expect(simulator.readRegister(0) & (started | done | idle)).toBe(started);
      let control = 0;
      for (let polls = 0; polls < 1000 && (control & done) === 0; polls++) {
        control = simulator.readRegister(0);
      }
      expect(control & (started | done | idle)).toBe(done | idle);
      const { cycles } = await simulator.wait();
      expect(cycles).toBeGreaterThan(2 * simulator.memory.latency + 80);
      expectCopied(load);
      expect(simulator.readRegister(0) & (started | done | idle)).toBe(idle);
    });
  });

  test('hold anything at power-up, by the seed', async () => {
    const mask = (seed: number) =>
      withSimulator({ memory: { seed } }, async (simulator) => simulator.readRegister(0x28));
    const values = [await mask(1), await mask(2), await mask(3)];
    expect(new Set(values).size).toBe(3);
    expect(await mask(1)).toBe(values[0]);
  });

  test('take 64-bit scalars in two words', async () => {
    await withSimulator({}, async (simulator) => {
      await simulator.run({ ...workload(1, 1, 0xfedcba9876543210n) });
      expect([simulator.readRegister(0x28), simulator.readRegister(0x2c)]).toEqual([
        0x76543210, 0xfedcba98,
      ]);
    });
  });

  test('refuse arguments that do not fit, before anything runs', async () => {
    await withSimulator({}, async (simulator) => {
      const load = { ...workload(1, 1) };
      const refused = async (change: object) =>
        (await failureOf(() => simulator.run({ ...load, ...change }))).message;
      expect(await refused({ bursts: -1 })).toBe(
        "beat_copy: argument 'bursts' is -1, which u32 cannot hold",
      );
      expect(await refused({ bursts: 2 ** 32 })).toContain('u32 cannot hold');
      expect(await refused({ bursts: 0.5 })).toContain("'bursts' is 0.5");
      expect(await refused({ mask: 1n << 64n })).toContain('u64 cannot hold');
      expect(await refused({ burst: 1 })).toContain("there is no argument 'burst'");
      expect(await refused({ beats: undefined })).toContain("'beats' is missing");
      expect(await refused({ source: 7 })).toContain("'source' is 7");
      expect(await refused({ beats: load.source })).toContain("'beats' is a buffer");
      await simulator.run(load);
    });
  });
});

describe('a long run', () => {
  test('lets timers fire and says how far it is', async () => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    const cycles: number[] = [];
    await withSimulator({}, (simulator) =>
      simulator.run({ ...workload(1_000_000, 1) }, { onCycles: (count) => cycles.push(count) }),
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    expect(cycles.length).toBeGreaterThan(0);
    expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
  });

  test('stops when it is aborted', async () => {
    const abort = new AbortController();
    await withSimulator({}, async (simulator) => {
      const long = { ...workload(1_000_000, 1) };
      const options = { signal: abort.signal, onCycles: () => abort.abort() };
      expect((await failureOf(() => simulator.run(long, options))).code).toBe('ABORTED');
      const again = await failureOf(() => simulator.run({ ...workload(1, 1) }));
      expect(again.message).toContain('was stopped in the middle of a run');
    });
  });

  test('ends with an error when its simulator is closed', async () => {
    const simulator = await openSimulator(kernel, {});
    const running = failureOf(() => simulator.run({ ...workload(1_000_000, 1) }));
    await simulator.close();
    expect((await running).code).toBe('SIM_CLOSED');
  });

  test('keeps its memory although the buffer is released, and is alone', async () => {
    await withSimulator({}, async (simulator) => {
      const load = workload(300_000, 1);
      const bytes = load.target.data;
      await expect(simulator.wait()).rejects.toThrow('was not started');
      const running = simulator.run({ ...load });
      await expect(simulator.run({ ...load })).rejects.toThrow('was started while it runs');
      load.target.release();
      await running;
      expectCopied({ ...load, target: { ...load.target, data: bytes } });
    });
  });
});

describe('buffers', () => {
  test('have addresses of their own, apart, across the 4 GiB border', () => {
    const [a, b] = [allocateSimBuffer(64), allocateSimBuffer(3 * 4096)];
    expect(a.address % 4096n).toBe(0n);
    expect(b.address % 4096n).toBe(0n);
    expect(b.address - a.address).toBeGreaterThan(1n << 20n);
    expect((b.address + 3n * 4096n) >> 32n).toBe((b.address >> 32n) + 1n);
    expect([...a.data]).toEqual(new Array(64).fill(0));
  });

  test('refuse odd sizes and use after release', () => {
    for (const bytes of [0, 63, 65, -64, 2 ** 32 + 64]) {
      expect(() => allocateSimBuffer(bytes)).toThrow(TilewrightError);
    }
    const buffer = allocateSimBuffer(64);
    buffer.release();
    expect(() => buffer.data).toThrow('after its release');
  });
});

describe('files', () => {
  test('a trace is a whole FST, also of a run that failed', async () => {
    for (const broken of [fault.none, fault.misaligned]) {
      const trace = join(folder, 'new', `run-${broken}.fst`);
      const simulator = await openSimulator(kernel, { trace });
      await simulator.run({ ...workload(4, 4, 0n, broken) }).catch(() => undefined);
      await simulator.close();
      const bytes = readFileSync(trace);
      // An FST begins with its header block: type 0, length 329, start and end time.
      expect(bytes.readUInt8(0)).toBe(0);
      expect(bytes.readBigUInt64BE(1)).toBe(329n);
      expect(bytes.readBigUInt64BE(17)).toBeGreaterThan(100n);
    }
  });

  test('that cannot be written are refused by name', async () => {
    const blocked = join(kernel.folder, 'manifest.json', 'log.csv');
    for (const option of ['trace', 'axiLog'] as const) {
      const error = await failureOf(() => openSimulator(kernel, { [option]: blocked }));
      expect(error.code).toBe('FILE_UNWRITABLE');
      expect(error.message).toContain(blocked);
    }
  });
});
