import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../../codegen/index.ts';
import type { Platform } from '../../../codegen/package/platform.ts';
import { buildEmulator } from '../../../sim/emulation/build-emulator.ts';
import { readEmulatorFailure } from '../../../sim/emulation/read-failure.ts';
import { fault, writeBeatCopy } from '../fixture/beat-copy.ts';
import { platformOf } from './platform.ts';
import {
  api,
  callHead,
  encode,
  ShimHost,
  type ShimHostOptions,
  socketFolder,
} from './shim-host.ts';
import { type BeatCopyRun, startBeatCopy } from './start-beat-copy.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tilewright-emulator-'));
afterAll(() => {
  for (const one of [scratch, socketFolder]) rmSync(one, { recursive: true, force: true });
});

const bank1 = 16 * 2 ** 30;
let platform: Platform;
let folder: string;

beforeAll(async () => {
  const kernel = writeBeatCopy(join(scratch, 'beat_copy'));
  platform = platformOf(kernel, [
    { source: 0, target: 1 },
    { source: 1, target: 0 },
  ]);
  ({ folder } = await buildEmulator(platform, { quick: true }));
});

const open = (options: ShimHostOptions = {}) => ShimHost.open(folder, scratch, options);
const pattern = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 255);

const start = (host: ShimHost, unit: number, run: BeatCopyRun) =>
  startBeatCopy(host, platform.computeUnits[unit].base, run);

/** What was left behind by a process that is gone. */
async function leftovers(host: ShimHost): Promise<readonly string[]> {
  await host.exited;
  return host.sockets.filter((path) => existsSync(path));
}

test('two compute units share the banks', async () => {
  using host = await open();
  const bytes = 64 * 64;
  const first = pattern(bytes, 1);
  const [a, b, c] = [0x4000, bank1 + 0x8000, 0x10000];
  for (const address of [a, b, c]) expect(await host.allocate(address, bytes)).toBe(true);
  await host.write(a, first.subarray(0, 1000));
  await host.write(a, first.subarray(1000), 1000);
  expect(await host.readRegister(0x1800000)).toBe(4);

  // The first copies bank 0 to bank 1, the second back to another place.
  const one = await start(host, 0, { source: a, target: b, bursts: 16, beats: 4 });
  await host.done(one);
  expect(await host.readRegister(one)).toBe(4);
  const two = await start(host, 1, { source: b, target: c, bursts: 4, beats: 16 });
  await host.done(two);
  expect(await host.read(b, bytes)).toEqual(first);
  expect(await host.read(c, 100, 50)).toEqual(first.subarray(50, 150));

  // Both at once, and the registers as they were written.
  await host.write(b, pattern(bytes, 2));
  await start(host, 0, { source: a, target: b + 0x1000, bursts: 64, beats: 1 });
  await start(host, 1, { source: b, target: c, bursts: 64, beats: 1 });
  expect(await host.readRegister(one + 0x34)).toBe(64);
  await host.done(two);
  await host.done(one);
  expect(await host.read(b + 0x1000, bytes)).toEqual(first);
  expect(await host.read(c, bytes)).toEqual(pattern(bytes, 2));

  expect(await host.free(a)).toBe(true);
  expect(await host.free(a)).toBe(false);
  expect(await host.close()).toBe(0);
  expect((await host.hostMemory).toString('hex')).toBe(callHead(0n, api.close).toString('hex'));
  expect(host.log.at(-1)).toBe('the host closed the device');
  expect(readEmulatorFailure(platform, host.log.join('\n'))).toBe(undefined);
  expect(host.log.join('\n')).toMatch(
    /beat_copy_1: run 1 took \d+ cycles, m_axi_source 16 bursts 64 beats, m_axi_target 16 bursts 64 beats/,
  );
  expect(host.log).toContain('2 buffers were not freed');
  expect(await leftovers(host)).toEqual([]);
});

test('memory that stalls gives the same bytes; a trace and a log of handshakes are written', async () => {
  const env = {
    TILEWRIGHT_MEMORY: 'latency=20,outstanding=4,stall=0.3,seed=5',
    TILEWRIGHT_TRACE: join(scratch, 'wave.fst'),
    TILEWRIGHT_AXI_LOG: join(scratch, 'axi.csv'),
    TILEWRIGHT_LOG: join(scratch, 'own.log'),
  };
  using host = await open({ env });
  await host.write(0, pattern(4096, 3));
  const base = await start(host, 0, { source: 0, target: bank1, bursts: 16, beats: 4 });
  await host.done(base);
  expect(await host.read(bank1, 4096)).toEqual(pattern(4096, 3));
  expect(await host.close()).toBe(0);
  expect(host.logFile).toBe(env.TILEWRIGHT_LOG);
  expect(host.log).toContain('memory latency=20,outstanding=4,stall=0.3,seed=5');
  // Each compute unit has files of its own.
  for (const name of ['beat_copy_1', 'beat_copy_2']) {
    expect(readFileSync(join(scratch, `wave.${name}.fst`)).length).toBeGreaterThan(100);
  }
  const handshakes = readFileSync(join(scratch, 'axi.beat_copy_1.csv'), 'utf8').split('\n');
  expect(handshakes.filter((line) => line.includes('m_axi_target,W,'))).toHaveLength(64);
});

test('raw memory, time, configuration and debug messages are answered', async () => {
  using host = await open({ hostMemory: false });
  const data = Buffer.from(pattern(64, 4));
  await host.call(api.writeMemory, 'Write', { addr: 256, size: 64, data }, 'ValidData');
  const read = { addr: 256, size: 64 };
  expect(await host.call(api.readMemory, 'Read', read, 'ValidData')).toEqual({ valid: true, data });
  const environment = [{ name: 'verbosity', value: '1' }];
  const ack = await host.call(api.setEnvironment, 'Environment', { environment }, 'Ack');
  expect(ack).toEqual({ ack: true });
  const time = await host.call(api.timestamp, 'Empty', {}, 'Timestamp');
  expect(time['deviceTimestamp']).toBeGreaterThan(0);
  expect(await host.close()).toBe(0);
  expect(host.log).toContain('xrt.ini: verbosity=1');
});

test('a buffer beyond its bank is refused', async () => {
  using host = await open();
  expect(await host.allocate(bank1 - 4096, 4096)).toBe(true);
  expect(await host.allocate(bank1 - 4096, 8192)).toBe(false);
  expect(await host.allocate(2 * bank1, 4096)).toBe(false);
  expect(await host.allocate(bank1, bank1)).toBe(true);
  expect(await host.close()).toBe(0);
  expect(host.log.join('\n')).toContain(
    'refused a buffer of 8192 bytes at 0x3fffff000, which is in no bank: DDR[0] 0x0 to 0x3ffffffff',
  );
});

/** What a host may send that is wrong, and the last line of the log. */
const wrong: Readonly<Record<string, readonly [Buffer | null, RegExp]>> = {
  'half a head': [callHead(4n, 4).subarray(0, 7), /PROTOCOL: .* after 7 of its 14 bytes/],
  'half a message': [
    Buffer.concat([callHead(100n, 6), Buffer.alloc(40)]),
    /PROTOCOL: .* within a message \(call 6\), after 40 of its 100 bytes/,
  ],
  'no head at all': [Buffer.from('GET / HTTP/1.1\r\n\r\n'), /PROTOCOL: the head of a message/],
  'a giant message': [
    callHead(1n << 60n, 6),
    /PROTOCOL: a message \(call 6\) of 1152921504606846976/,
  ],
  'an unknown call': [callHead(0n, 77), /PROTOCOL: the host made call 77/],
  'bytes that are no message': [
    Buffer.concat([callHead(3n, 4), Buffer.from([0x08, 0xff, 0xff])]),
    /PROTOCOL: the message xclAllocDeviceBuffer ends within a number/,
  ],
  'a field that is missing': [
    Buffer.concat([callHead(2n, 4), Buffer.from([0x08, 0x01])]),
    /PROTOCOL: the message xclAllocDeviceBuffer lacks size \(field 2\)/,
  ],
  'a copy past the end of a bank': [
    message(7, 'ToHost', { src: bank1 - 16, size: 64, skip: 0, dest: '', xclDeviceHandle: '' }),
    /ADDRESS: a copy to the host of 64 bytes at 0x3fffffff0 is not inside one bank/,
  ],
  'an address that wraps': [
    message(6, 'ToDevice', { dest: 2 ** 52, src: 'YQ==', size: 1, seek: 0, xclDeviceHandle: '' }),
    /ADDRESS: a copy to the device of 1 bytes at 0x10000000000000/,
  ],
  'fewer bytes than announced': [
    message(6, 'ToDevice', { dest: 0, src: 'YQ==', size: 64, seek: 0, xclDeviceHandle: '' }),
    /PROTOCOL: the message xclCopyBufferHost2Device announces 64 bytes and has 1/,
  ],
  'a register of no compute unit': [
    message(11, 'Read', { addr: 0x1900000, size: 4 }),
    /ADDRESS: a read of a register at 0x1900000, where no compute unit is/,
  ],
  'half a register': [
    message(11, 'Read', { addr: 0x1800002, size: 4 }),
    /ADDRESS: a read of registers at 0x1800002 is not one of whole 32-bit words/,
  ],
  'nothing, and is gone': [null, /^the host went away without closing the device$/],
};

function message(number: number, type: string, value: object): Buffer {
  const bytes = encode(type, value);
  return Buffer.concat([callHead(BigInt(bytes.length), number), bytes]);
}

test.each(Object.keys(wrong))('a host that sends %s: one clear line, and the end', async (name) => {
  const [bytes, last] = wrong[name];
  using host = await open();
  if (bytes !== null) host.sendRaw(bytes);
  if (bytes === null || name.startsWith('half a head') || name.startsWith('half a message')) {
    await delay(20);
    host.hangUp();
  }
  expect(await host.exited).toBe(1);
  expect(host.log.at(-1)).toMatch(last);
  expect(host.log.filter((line) => line.startsWith('error '))).toHaveLength(bytes === null ? 0 : 1);
  // A failure is told on standard error as well: the log is in a folder that XRT removes.
  expect(host.stderr).toMatch(bytes === null ? /^$/ : /^tilewright emulation: error .*\n$/);
  expect(await leftovers(host)).toEqual([]);
});

test('calls with a bit turned here and there: an answer or one clear line, never a hang', async () => {
  const nothing = { xclDeviceHandle: '' };
  const calls = [
    message(api.allocate, 'Alloc', { ddraddress: 4096, size: 4096 }),
    message(api.toDevice, 'ToDevice', { ...nothing, dest: 4096, src: 'YWJj', size: 3, seek: 0 }),
    message(api.toHost, 'ToHost', { ...nothing, dest: '', src: 4096, size: 64, skip: 0 }),
    message(api.writeRegisters, 'Write', { addr: 0x1800010, size: 3, data: 'YWJj' }),
    message(api.readRegisters, 'Read', { addr: 0x1800000, size: 4 }),
    message(api.setEnvironment, 'Environment', { environment: [{ name: 'a', value: 'b' }] }),
    message(api.free, 'Free', { ddraddress: 4096 }),
  ];
  const random = seededRandom(5);
  for (let round = 0; round < 25; round += 1) {
    using host = await open();
    for (let made = 0; made < 6; made += 1) {
      const bytes = Buffer.from(calls[random.integer(0, calls.length - 1)]);
      if (made > 2) bytes[random.integer(0, bytes.length - 1)] ^= 1 << random.integer(0, 8 - 1);
      host.sendRaw(bytes);
    }
    await delay(5);
    host.hangUp();
    expect(await host.exited).toBe(1);
    expect(host.log.at(-1)).toMatch(/^(error [A-Z_]+: |the host went away )/);
  }
});

test('a kernel that breaks a rule of AXI, and one that is stuck, end the process with the reason', async () => {
  for (const [broken, last, code, text] of [
    [
      fault.cross4k,
      /error AXI_RULE: beat_copy_1: port m_axi_source, cycle \d+, rule within-4k: /,
      'SIM_AXI_RULE',
      /^beat_copy_1: port m_axi_source \(memory source, beat_copy.v:4:1\), cycle \d+, rule within-4k/,
    ],
    [
      fault.neverWvalid,
      /error DEADLOCK: beat_copy_1: nothing moves since cycle \d+ .*the kernel owes the data of a burst/,
      'SIM_DEADLOCK',
      /^beat_copy_1: no handshake on any port since cycle \d+.*\n {2}port m_axi_source/,
    ],
  ] as const) {
    using host = await open();
    const run = { source: 0, target: bank1, bursts: 2, beats: 4, fault: broken };
    const base = await start(host, 0, run);
    await expect(host.done(base)).rejects.toThrow();
    expect(await host.exited).toBe(1);
    expect(host.log.at(-1)).toMatch(last);
    const error = readEmulatorFailure(platform, host.log.join('\n'));
    expect(error).toMatchObject({ code, message: expect.stringMatching(text) });
    expect(error?.hint).toMatch(/look/i);
  }
});

test('wishes that are not understood are told at once', async () => {
  const env = { TILEWRIGHT_MEMORY: 'latency=20,stall=2' };
  const path = { ...process.env, ...env, EMULATION_RUN_DIR: scratch, EMULATION_SOCKETID: 'none' };
  const child = await execa(join(folder, 'launch_hw_emu.sh'), { env: path, reject: false });
  expect(child.exitCode).toBe(1);
  const log = readFileSync(join(scratch, 'tilewright.log'), 'utf8');
  expect(readEmulatorFailure(platform, log)?.code).toBe('HW_EMU_SETTINGS');
  expect(child.stderr).toContain("error SETTINGS: TILEWRIGHT_MEMORY=latency=20,stall=2: 'stall=2'");
});

test('a host that is killed takes the device process and its sockets with it', async () => {
  const place = join(scratch, 'killed');
  mkdirSync(place);
  // A host of its own, so that it can be killed: it opens the device, starts a run and waits.
  const script = join(place, 'host.ts');
  writeFileSync(
    script,
    `import { ShimHost } from ${JSON.stringify(join(import.meta.dirname, 'shim-host.ts'))};
     import { startBeatCopy } from ${JSON.stringify(join(import.meta.dirname, 'start-beat-copy.ts'))};
     const host = await ShimHost.open(${JSON.stringify(folder)}, ${JSON.stringify(place)});
     await startBeatCopy(host, 0x1800000, { source: 0, target: 0, bursts: 0x400000, beats: 16 });
     console.log(JSON.stringify({ pid: host.child.pid, sockets: host.sockets }));
     setInterval(() => undefined, 1000);`,
  );
  const child = execa('jiti', [script], { preferLocal: true, reject: false });
  const [line] = await once(child.stdout, 'data');
  const { pid, sockets } = JSON.parse(String(line));
  process.kill(pid, 0);
  child.kill('SIGKILL');
  await child;
  let alive = true;
  for (let tries = 0; alive && tries < 500; tries += 1) {
    await delay(10);
    alive = existsSync(`/proc/${pid}`) && !/^State:\s*Z/m.test(statusOf(pid));
  }
  expect(alive).toBe(false);
  expect(sockets.filter((path: string) => existsSync(path))).toEqual([]);
  rmSync(dirname(sockets[0]), { recursive: true });
});

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 'State: Z';
  }
}

test('the same platform is taken from the store; another connectivity compiles nothing', async () => {
  const steps: string[] = [];
  const onProgress = (step: string) => steps.push(step);
  expect(await buildEmulator(platform, { quick: true, onProgress })).toEqual({
    folder,
    cached: true,
  });
  const [unit] = platform.computeUnits;
  const other = { ...platform, computeUnits: [{ ...unit, connections: { source: 1, target: 1 } }] };
  const built = await buildEmulator(other, { quick: true, onProgress });
  expect(built.folder).not.toBe(folder);
  expect(steps).toEqual([]);
  const unconnected = { ...other, computeUnits: [{ ...unit, connections: { source: 1 } }] };
  await expect(buildEmulator(unconnected, { quick: true })).rejects.toThrow(
    'port m_axi_target is connected to no bank',
  );
});
