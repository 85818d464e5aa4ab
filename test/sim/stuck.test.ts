import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import type { BuiltKernel } from '../../host/device/built-kernel.ts';
import type { DeviceRunOptions, RunReport } from '../../host/device/device.ts';
import { type DeviceOptions, openDevice } from '../../host/device/open-device.ts';
import { defaultMemory, type IcarusOptions, type MemoryModel, runIcarus } from '../../sim/index.ts';
import { withKernelFile } from '../support/kernel-file.ts';

/**
 * A kernel that its `fault` keeps from ending, in each way that there is. The whole text of each report
 * stands in stuck/NAME.txt, with N for the numbers of cycles; UPDATE_GOLDEN=1 writes it anew.
 */
const file = 'test/sim/stuck/stuck.ts';
let built: BuiltKernel;
beforeAll(async () => {
  built = await buildKernel(file);
});

async function run(
  name: string,
  fault: number,
  options: DeviceRunOptions = {},
  opened: DeviceOptions = {},
): Promise<RunReport> {
  await using device = await openDevice(name, { quick: true, ...opened });
  const kernel = await device.load(built);
  const [source, target] = [device.allocate(64 * 64), device.allocate(64 * 64)];
  return await kernel.run({ source, target, beats: 64, fault }, options);
}

async function failureOf(work: Promise<unknown>): Promise<TilewrightError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TilewrightError)) throw new Error(`not a TilewrightError: ${error}`);
  return error;
}

function expectText(name: string, { code, message, hint }: TilewrightError): void {
  const text = `${code}\n${message}\nhint: ${hint}\n`.replaceAll(/(cycle) \d+/g, '$1 N');
  const golden = new URL(`stuck/${name}.txt`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
}

const slow: Partial<MemoryModel> = { latency: 3000, outstanding: 2, stall: 0.9 };

describe('a deadlock is told soon, and by the right names', () => {
  test.each([
    ['shallow', 1],
    ['too-few', 2],
    ['unconfirmed', 3],
  ])('%s', async (name, fault) => {
    const error = await failureOf(run('sim', fault));
    expectText(name, error);
    const [, since, now] = /since cycle (\d+) \(told in cycle (\d+)\)/.exec(error.message) ?? [];
    // Whatever the latency, a few hundred cycles after the last move.
    expect(Number(now) - Number(since)).toBeLessThan(600);
  });

  test('and none is told of a memory that is slow, or a kernel that computes for long', async () => {
    const { cycles: waiting } = await run('sim', 0, {}, { memory: slow });
    expect(waiting).toBeGreaterThan(64_000);
    // Five times as long without a handshake as Verilog that tells nothing may be.
    const { cycles: computing } = await run('sim', 5);
    expect(computing).toBeGreaterThan(100_000);
  });

  test('a slow memory does not hide one', async () => {
    const error = await failureOf(run('sim', 1, {}, { memory: slow }));
    expect(error.message).toContain('a cycle: fork → join → fork');
  });
});

describe('a livelock is told', () => {
  test('when the limit of cycles is reached', async () => {
    expectText('endless', await failureOf(run('sim', 4, {}, { maximumCycles: 30_000 })));
    const limited = run('sim', 4, { limits: { maximumCycles: 30_000 } });
    expect((await failureOf(limited)).code).toBe('SIM_CYCLE_LIMIT');
  });

  test('when a port has moved more than the golden model does', async () => {
    const error = await failureOf(run('sim', 4, { limits: { beats: { m_axi_source: 63 } } }));
    expect(error.code).toBe('SIM_LIVELOCK');
    expect(error.message).toMatch(
      /^stuck does not end: port m_axi_source has moved 64 beats in \d+ cycles, the golden model moves 63 in the whole run\n {2}fork still moves, at test\/sim\/stuck\/stuck.ts:43:3\n/,
    );
  });
});

describe('Icarus tells it in the same words', () => {
  const icarus = (fault: number, options: IcarusOptions = {}) =>
    runIcarus(
      built,
      [
        {
          scalars: { beats: 64, fault },
          buffers: { source: new Uint8Array(64 * 64), target: new Uint8Array(64 * 64) },
          memory: defaultMemory,
        },
      ],
      options,
    );
  const lines = (text: string) =>
    text.split('\n').filter((line) => /^ {2}(a |fork|join|done)/.test(line));

  test.each([
    ['shallow', 1],
    ['too-few', 2],
  ])('%s', async (name, fault) => {
    const { code, message, hint } = await failureOf(icarus(fault));
    expect(code).toBe('SIM_DEADLOCK');
    expect(message).toMatch(/^stuck in Icarus, run 0: deadlock: nothing moves since cycle \d+ /);
    const verilated = readFileSync(new URL(`stuck/${name}.txt`, import.meta.url), 'utf8');
    expect(lines(message.replaceAll(/(cycle) \d+/g, '$1 N'))).toEqual(lines(verilated));
    expect(verilated).toContain(`hint: ${hint}\n`);
  });

  test('a loop that does not end', async () => {
    const { code, message } = await failureOf(icarus(4, { maximumCycles: 4_000 }));
    expect(code).toBe('SIM_CYCLE_LIMIT');
    expect(message).toMatch(/^stuck in Icarus, run 0 was not done after 4000 cycles\n/);
    expect(message).toContain('fork still moves, at test/sim/stuck/stuck.ts:43:3');
  });
});

describe('the golden model', () => {
  test('names the stream that runs empty, both its ends and the line', async () => {
    const error = await failureOf(run('golden', 2));
    expectText('too-few-golden', error);
    expect(error.location).toMatchObject({ line: 61, column: 22 });
  });

  test('names the stream that is not read to its end, and how many there were', async () => {
    const text = readFileSync(file, 'utf8').replace(
      '    right.write(values);\n',
      '    right.write(values);\n    if (beat === 0) right.write(values);\n',
    );
    const error = await withKernelFile('stuck', text, async (copy) => {
      const kernel = await buildKernel(copy);
      await using device = await openDevice('golden');
      const loaded = await device.load(kernel);
      const [source, target] = [device.allocate(64 * 64), device.allocate(64 * 64)];
      return await failureOf(loaded.run({ source, target, beats: 64, fault: 0 }));
    });
    expect(error.code).toBe('UNFINISHED');
    expect(error.message).toMatch(
      /^stuck: stream right \(declared at \S*stuck\.ts:107:19\): fork wrote 65 elements, join read 64$/,
    );
  });

  test('ends at its time limit where its TypeScript does not', async () => {
    const error = await failureOf(run('golden', 4, { timeoutMs: 200 }));
    expect(error.code).toBe('TIMEOUT');
    expect(error.message).toBe('stuck in TypeScript did not end within 200 ms');
  });
});
