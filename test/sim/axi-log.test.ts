import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { allocateSimBuffer, openSimulator } from '../../sim/index.ts';
import { writeBeatCopy } from './fixture/beat-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kernel = writeBeatCopy(join(folder, 'beat_copy'));

interface Row {
  readonly cycle: number;
  readonly port: string;
  readonly channel: string;
  readonly address: bigint;
  readonly beats: number;
}

function readLog(path: string): Row[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(header).toBe('cycle,port,channel,address,beats');
  return lines.map((line) => {
    const [cycle, port, channel, address, beats] = line.split(',');
    return {
      cycle: Number(cycle),
      port,
      channel,
      address: BigInt(address || 0),
      beats: Number(beats),
    };
  });
}

test.each([
  { latency: 30, outstanding: 8, stall: 0 },
  { latency: 30, outstanding: 8, stall: 0.3 },
  { latency: 1, outstanding: 1, stall: 0 },
])(
  'from the log alone: the cycles, the beats and the rules of the memory ($latency, $outstanding, $stall)',
  async (memory) => {
    const [bursts, beats] = [50, 4];
    const [source, target] = [0, 1].map(() => allocateSimBuffer(bursts * beats * 64));
    const axiLog = join(folder, `log-${memory.latency}-${memory.stall}.csv`);
    const simulator = await openSimulator(kernel, { memory, axiLog });
    const result = await simulator.run({ source, target, mask: 0n, bursts, beats, fault: 0 });
    await simulator.close();

    const log = readLog(axiLog);
    const cycleOf = (channel: string) =>
      log.find((row) => row.port === 'kernel' && row.channel === channel)?.cycle ?? Number.NaN;
    expect(cycleOf('done') - cycleOf('start')).toBe(result.cycles);
    for (const [port, address, data, buffer] of [
      ['m_axi_source', 'AR', 'R', source],
      ['m_axi_target', 'AW', 'W', target],
    ] as const) {
      const rows = log.filter((row) => row.port === port);
      const asked = rows.filter((row) => row.channel === address);
      const moved = rows.filter((row) => row.channel === data);
      const report = result.ports.find((activity) => activity.port === port);
      expect(report).toEqual({ port, bursts: asked.length, beats: moved.length });
      // One handshake a channel and cycle, inside of the run, in the order of the addresses.
      for (const channel of [asked, moved]) {
        const cycles = channel.map((row) => row.cycle);
        expect(new Set(cycles).size).toBe(cycles.length);
        expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
        expect(cycles[0]).toBeGreaterThan(cycleOf('start'));
      }
      expect(asked.map((row) => row.address)).toEqual(
        Array.from({ length: bursts }, (_, index) => buffer.address + BigInt(index * beats * 64)),
      );
      expect(moved.map((row) => row.address)).toEqual(
        Array.from({ length: bursts * beats }, (_, index) => buffer.address + BigInt(index * 64)),
      );

      // Latency: nothing earlier than promised. Outstanding: a burst holds its slot to its end.
      const ends =
        data === 'R'
          ? asked.map((_, index) => moved[(index + 1) * beats - 1].cycle)
          : rows.filter((row) => row.channel === 'B').map((row) => row.cycle);
      expect(ends).toHaveLength(bursts);
      for (const [index, { cycle }] of asked.entries()) {
        expect(ends[index] - cycle).toBeGreaterThanOrEqual(memory.latency + beats - 1);
        if (data === 'R') {
          expect(moved[index * beats].cycle - cycle).toBeGreaterThanOrEqual(memory.latency);
        }
        if (index >= memory.outstanding) {
          expect(cycle).toBeGreaterThan(ends[index - memory.outstanding]);
        }
      }
      if (memory.stall === 0 && data === 'R') {
        // And no later either: the slot is free in the cycle after the last beat.
        expect(moved[0].cycle - asked[0].cycle).toBe(memory.latency);
        expect(asked[memory.outstanding].cycle).toBe(ends[0] + 1);
      }
    }
    // The registers are on the bus too.
    const control = log.filter((row) => row.port === 's_axi_control');
    expect(
      control.filter((row) => row.channel === 'AW').map((row) => Number(row.address)),
    ).toContain(0);
  },
);
