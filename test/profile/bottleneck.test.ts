import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { findBottleneck } from '../../host/profile/bottleneck.ts';
import {
  type ProfileOptions,
  type ProfileResult,
  profileKernel,
  profileWorkload,
} from '../../host/profile/profile-kernel.ts';

const folder = join(packageRoot(), 'test/profile/kernels');
const twoReads = join(folder, 'two-reads.ts');
const fast = { latency: 20, outstanding: 128 };
const minutes = 60_000;

function profile(options: Partial<ProfileOptions>): Promise<ProfileResult> {
  return profileKernel({ kernel: twoReads, size: 400, quick: true, ...options });
}

describe('the culprit', () => {
  test(
    'is the bandwidth, where every cycle moves a beat',
    async () => {
      const { bottleneck, cosim } = await profile({ memory: fast });
      expect(cosim.match).toBe(true);
      expect(bottleneck?.kind).toBe('bandwidth');
      expect(bottleneck?.sentence).toContain('`values`');
      expect(bottleneck?.sentence).toContain('`places`');
    },
    5 * minutes,
  );

  test('is the latency of a slow memory with few bursts in flight', async () => {
    const { bottleneck } = await profile({ memory: { latency: 400, outstanding: 16 } });
    expect(bottleneck).toMatchObject({ kind: 'latency', name: 'values' });
    expect(bottleneck?.sentence).toMatch(/400 cycles: all 16 bursts .* in \d+ % of the cycles/);
    expect(bottleneck?.advice).toContain('--outstanding');
    expect(bottleneck?.chain.at(-1)).toContain('`add` waits for beats of the memory `values`');
  });

  test("is the kernel's own limit of bursts, where the memory allows more", async () => {
    const { bottleneck } = await profile({ memory: { latency: 400, outstanding: 256 } });
    expect(bottleneck).toMatchObject({ kind: 'latency', name: 'values' });
    expect(bottleneck?.advice).toContain('readMemory(…, { outstanding: 256 })');
  });

  test('is a memory that stalls', async () => {
    const { bottleneck } = await profile({ memory: { ...fast, stall: 0.5 } });
    expect(bottleneck?.kind).toBe('stalls');
    expect(['places', 'values']).toContain(bottleneck?.name);
    expect(bottleneck?.sentence).toContain('--stall 0.5');
  });

  test('is a process that works in every cycle', async () => {
    const built = await buildKernel(twoReads);
    const { definition } = await loadKernelModule(twoReads);
    const drawn = definition.workload(built.manifest.parameters, seededRandom(1), 400);
    const workload = encodeWorkload(built.manifest, { ...(drawn as object), rounds: 4 });
    const { bottleneck, profile } = await profileWorkload(built, workload, {
      memory: fast,
      quick: true,
    });
    expect(bottleneck).toMatchObject({ kind: 'work', name: 'turn' });
    expect(bottleneck?.sentence).toMatch(/two-reads\.ts:\d+\): it begins a block in 9\d % /);
    // Before it all is full, behind it all is empty.
    const add = profile.processes.find(({ name }) => name === 'add');
    expect(add?.waits[0]).toMatchObject({ kind: 'write', resource: 'sums' });
    const send = profile.processes.find(({ name }) => name === 'send');
    expect(send?.waits[0]).toMatchObject({ kind: 'read', resource: 'results' });
  });

  test('is the latency alone, where there is little to do', async () => {
    const { bottleneck } = await profile({ size: 4, memory: { latency: 300 } });
    expect(bottleneck?.kind).toBe('short');
    expect(bottleneck?.advice).toContain('--size');
  });

  test('is none, where nothing moves', async () => {
    const { bottleneck } = await profile({ size: 0 });
    expect(bottleneck?.kind).toBe('none');
    expect(bottleneck?.sentence).toMatch(
      /in the \d+ cycles of this run no stream and no memory moved/,
    );
  });

  test('is not a process that asked for everything in the first part of the run', async () => {
    // Asks in each of 64 cycles, for which another one waits 67: as long as a memory of latency 64 takes.
    const { profile: real } = await profile({ size: 4 });
    const cycles = 269;
    const [process, stream, port] = [real.processes[0], real.streams[0], real.ports[0]];
    const none = { begins: 0, busy: 0, input: 0, output: 0, memory: 0, own: 0, idle: 0 };
    const wait = (kind: 'request' | 'receive', waited: number) => [
      { kind, resource: port.memory, cycles: waited },
    ];
    const ask = { ...process, ...none, name: 'ask', begins: 64, busy: 64, idle: cycles - 64 };
    const take = { ...process, ...none, name: 'take', begins: 64, busy: 64, memory: 67, idle: 138 };
    const found = findBottleneck(
      {
        ...real,
        cycles,
        processes: [
          { ...ask, waits: wait('request', 0) },
          { ...take, waits: wait('receive', 67) },
        ],
        streams: [{ ...stream, words: 64 }],
        ports: [
          {
            ...port,
            ...{ direction: 'read', slots: 128, addresses: 64, beats: 64, latency: 67 },
            ...{ limited: 0, withheld: 0, addressesWithheld: 0, notReady: 0 },
            ...{ quiet: 138, unusedBefore: 0, unusedAfter: 138 },
          },
        ],
      },
      64,
    );
    expect(found.bottleneck.kind).toBe('short');
    expect(found.chain.at(-1)).toMatchObject({ process: 'take', next: 'ask' });
  });

  test(
    'is a stream that is too shallow, by name, depth and line',
    async () => {
      const { bottleneck } = await profile({ parameters: { depth: 1 }, memory: { latency: 64 } });
      expect(bottleneck).toMatchObject({ kind: 'stream', name: 'marks' });
      expect(bottleneck?.sentence).toMatch(
        /`marks` \(depth \d, .*two-reads\.ts:\d+\): it is full in 9\d % .*`follow` cannot go on while `add` waits for `values`/,
      );
      expect(bottleneck?.advice).toMatch(/\{ depth: (64|128) \}/);
    },
    5 * minutes,
  );

  test(
    'is a process that waits for its own results',
    async () => {
      const kernel = join(folder, 'recurrence.ts');
      const { bottleneck, profile } = await profileKernel({
        kernel,
        size: 300,
        memory: fast,
        quick: true,
      });
      expect(bottleneck).toMatchObject({ kind: 'recurrence', name: 'hash' });
      const hash = profile.processes.find(({ name }) => name === 'hash');
      expect(hash?.own).toBeGreaterThan(2 * (hash?.begins ?? 0));
    },
    5 * minutes,
  );
});

describe('the counts', () => {
  let result: ProfileResult;
  beforeAll(async () => {
    result = await profile({ size: 1504, memory: { latency: 50, outstanding: 8, stall: 0.1 } });
  }, 5 * minutes);

  test('of a process add up to the cycles of the run, in total and bin by bin', () => {
    const { cycles, binCycles, processes } = result.profile;
    expect(cycles).toBe(result.cosim.cycles);
    for (const { name, busy, input, output, memory, own, idle, begins, bins } of processes) {
      expect(busy + input + output + memory + own + idle, name).toBe(cycles);
      // The beats, or their bursts, and the block that decides that the loop is entered.
      const bursts = ['requestPlaces', 'announce', 'confirm'].includes(name);
      expect(begins, name).toBe(bursts ? 189 : 1505);
      const sums = [idle, busy, input, output, memory, own];
      sums.forEach((sum, state) => {
        expect(bins.reduce((all, bin) => all + bin[state], 0)).toBe(sum);
      });
      expect(bins.length).toBeLessThanOrEqual(400);
      expect(bins.length).toBe(Math.ceil(cycles / binCycles));
    }
  });

  test('of a stream are its words, and never more than it holds', () => {
    for (const stream of result.profile.streams) {
      expect(stream.words).toBe(1504);
      expect(stream.heldMost).toBeGreaterThan(0);
      expect(stream.heldMean).toBeLessThanOrEqual(stream.heldMost);
    }
  });

  test('of a port are its handshakes, and its states add up to the cycles', () => {
    const { cycles, ports } = result.profile;
    for (const port of ports) {
      expect(port.addresses).toBeGreaterThanOrEqual(port.memory === 'values' ? 1504 : 188);
      expect(port.beats).toBe(1504);
      expect(port.responses).toBe(port.direction === 'write' ? port.addresses : 0);
      expect(port.inFlightMost).toBeLessThanOrEqual(8);
      const { quiet, beats, withheld, notReady, latency } = port;
      expect(quiet + beats + withheld + notReady + latency).toBe(cycles);
      expect(port.limited).toBeLessThanOrEqual(cycles);
    }
  });

  test('are the same in a second run of the same seed', async () => {
    const memory = { latency: 50, outstanding: 8, stall: 0.1 };
    const again = await profile({ size: 1504, memory });
    expect(again.profile).toEqual(result.profile);
  });
});
