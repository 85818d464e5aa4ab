import {
  appendFileSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type GraphArrays, openGraph } from '../../host/graph/graph-source.ts';
import { writeGraph } from '../../host/graph/write-graph.ts';
import { seededRandom } from '../../host/recommender/random.ts';
import {
  type StreamOptions,
  stream,
  type TileResult,
  writeMeans,
} from '../../host/stream/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { collect, partsOf, randomArrays, smallestBank, untiled } from './graphs.ts';
import { type PlainBuffer, PlainDevice, plainTileKernels } from './plain-device.ts';

/** Files whose name fits are made as ever, and what is written to them goes to /dev/full. */
const fullDisk = vi.hoisted(() => ({ files: undefined as RegExp | undefined }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const isFull = (path: unknown) => fullDisk.files?.test(String(path)) ?? false;
  return {
    ...real,
    writeFile: async (path: string, data: string) => {
      if (isFull(path)) await real.writeFile(path, '');
      await real.writeFile(isFull(path) ? '/dev/full' : path, data);
    },
    open: async (path: string, flags: string) => {
      if (isFull(path)) await real.writeFile(path, '');
      return real.open(isFull(path) ? '/dev/full' : path, flags);
    },
  };
});
afterEach(() => {
  fullDisk.files = undefined;
});

/** What goes wrong while a graph streams: recovery or one clear error, nothing half-written, nothing leaked. */
const fanout = 6;
const columns = 32;
const shape = { nodes: 64, most: 20, columns, seed: 4 };
const arrays = randomArrays(shape);

async function optionsFor(devices: readonly PlainDevice[], tiles = 8): Promise<StreamOptions> {
  const options = {
    devices,
    fanout,
    key: 1,
    seedsPerRun: 16,
    kernels: plainTileKernels(fanout, columns),
  };
  const bankBytes = (await smallestBank(arrays, options)) + 4 * columns * (64 / tiles - 1);
  return { ...options, bankBytes };
}

function expectFreed(...devices: readonly PlainDevice[]): void {
  for (const { buffers } of devices) {
    expect(buffers.length).toBeGreaterThan(0);
    expect(buffers.every(({ released }) => released)).toBe(true);
  }
}

/** Fails a run of sum_aggregate: the one of this number on this device, or all. */
function failing(which: (run: number) => boolean): PlainDevice {
  const device = new PlainDevice();
  let runs = 0;
  device.beforeRun = (kernel) => {
    if (kernel === 'sum_aggregate' && which(runs++)) throw new Error('the card fell out');
  };
  return device;
}

describe('runs that fail', () => {
  it('once: on another unit, or on the same where there is no other', async () => {
    const expected = await untiled(arrays, fanout, 1);
    for (const others of [[], [new PlainDevice()]]) {
      const device = failing((run) => run === 5);
      const devices = [device, ...others];
      await using graph = await openGraph(arrays);
      const results = stream(graph, await optionsFor(devices));
      expect(await collect(results)).toEqual(expected);
      expect(results.report()?.retried).toBe(1);
      expect(results.report()?.retired).toEqual([]);
      expectFreed(...devices);
    }
  });

  it('always, on one of two units: the other does it all', async () => {
    const devices = [failing(() => true), new PlainDevice()];
    await using graph = await openGraph(arrays);
    const results = stream(graph, await optionsFor(devices));
    expect(await collect(results)).toEqual(await untiled(arrays, fanout, 1));
    expect(results.report()?.retired).toEqual(['plain #1']);
    expectFreed(...devices);
  });

  it('always and everywhere: an error that names the tile, and where it was tried', async () => {
    const devices = [failing(() => true), failing(() => true)];
    await using graph = await openGraph(arrays);
    const error = await collect(stream(graph, await optionsFor(devices))).catch((thrown) => thrown);
    expect(error.code).toBe('STREAM_RUN');
    expect(error.message).toMatch(
      /^tile 0 \(nodes 0 to 7\): sums over the features of tile \d \(nodes \d+ to \d+\) failed on plain #\d: the card fell out; then on plain #\d: the card fell out$/,
    );
    const [, first, second] = /#(\d).*#(\d)/.exec(error.message) ?? [];
    expect(first).not.toBe(second);
    expect(error.hint).toBeTruthy();
    expectFreed(...devices);
  });

  it('by adding up less than they were given', async () => {
    const device = new PlainDevice();
    device.afterRun = (kernel, args) => {
      if (kernel === 'sum_aggregate') (args['counts'] as PlainBuffer).data[0] ^= 1;
    };
    await using graph = await openGraph(arrays);
    await expect(collect(stream(graph, await optionsFor([device])))).rejects.toThrow(
      /^tile 0 .* failed .*the device added \d+ rows where \d+ were to be/,
    );
    expectFreed(device);
  });

  it('again and again, as often as asked for and not for ever', async () => {
    await using graph = await openGraph(arrays);
    const options = await optionsFor([failing(() => true)]);
    for (const retries of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY]) {
      await expect(collect(stream(graph, { ...options, retries }))).rejects.toMatchObject({
        code: 'PLAN_OPTION',
        message: `a run that failed cannot be done again ${retries} times`,
      });
    }
    await expect(collect(stream(graph, { ...options, retries: 4 }))).rejects.toThrow(
      /failed (on plain: the card fell out(; then )?){5}$/,
    );
  });

  it('without devices and without a graph that is open', async () => {
    await using graph = await openGraph(arrays);
    const options = await optionsFor([new PlainDevice()]);
    for (const devices of [undefined, [], ['native'], [null], new PlainDevice()]) {
      const none = collect(stream(graph, { ...options, devices } as never));
      await expect(none).rejects.toMatchObject({ code: 'STREAM_NO_DEVICE' });
    }
    await expect(collect(stream(graph, undefined as never))).rejects.toThrow('without a device');
    for (const closed of ['folder', undefined, arrays]) {
      await expect(collect(stream(closed as never, options))).rejects.toMatchObject({
        ...{ code: 'PLAN_OPTION', message: 'a stream of what is no open graph' },
      });
    }
    await expect(collect(stream(graph, { ...options, bankBytes: '1' as never }))).rejects.toThrow(
      "a bank cannot have '1' bytes",
    );
  });

  it('because there is no memory: nothing that was allocated before is kept', async () => {
    const devices = [new PlainDevice(), new PlainDevice()];
    const { allocate } = devices[1];
    let left = 7;
    devices[1].allocate = function (bytes) {
      if (left-- === 0) throw new Error('the bank is full');
      return allocate.call(this, bytes);
    };
    await using graph = await openGraph(arrays);
    await expect(collect(stream(graph, await optionsFor(devices)))).rejects.toThrow('bank is full');
    expectFreed(...devices);
  });
});

/** Transfers and runs take turns of the event loop, and fail now and then. */
function shaky(seed: number, chance: number): PlainDevice {
  const random = seededRandom(seed, 'faults');
  const device = new PlainDevice();
  const step = async (what: string) => {
    for (let turns = random.below(3); turns > 0; turns--) await setImmediate();
    if (random.uniform() < chance) throw new Error(`the ${what} failed`);
  };
  const { allocate } = device;
  device.allocate = function (bytes) {
    const buffer = allocate.call(this, bytes);
    buffer.upload = async (source, offset) => {
      const given = source.slice();
      await step('upload');
      // What was to be sent must not change while it is sent.
      expect(Buffer.compare(given, source)).toBe(0);
      buffer.write(source, offset);
    };
    buffer.download = async (target, offset) => {
      await step('download');
      buffer.read(target, offset);
    };
    return buffer;
  };
  device.beforeRun = () => step('run');
  return device;
}

describe('anything that fails at any time', () => {
  it('ends, with the right means or an error that names the tile, and frees everything', async () => {
    const expected = await untiled(arrays, fanout, 1);
    let [right, refused, retried] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(0, 0.01, 0.05, 0.3),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        async (seed, chance, units, buffers) => {
          const devices = Array.from({ length: units }, (_, at) => shaky(seed + at, chance));
          await using graph = await openGraph(arrays);
          const options = await optionsFor(devices);
          const results = stream(graph, { ...options, buffers, retries: 3 });
          const means = await collect(results).catch((error) => error);
          if (means instanceof Int16Array) {
            expect(means).toEqual(expected);
            right += 1;
          } else {
            expect(means.code).toBe('STREAM_RUN');
            expect(means.message).toMatch(/^tile \d \(nodes \d+ to \d+\): .* failed on plain/);
            refused += 1;
          }
          retried += results.report()?.retried ?? 0;
          expectFreed(...devices);
        },
      ),
      { numRuns: 60 },
    );
    expect(right).toBeGreaterThan(10);
    expect(refused).toBeGreaterThan(3);
    expect(retried).toBeGreaterThan(50);
  }, 120_000);
});

describe('a stream that is stopped', () => {
  it('by its signal, in a run: nothing more is begun, and the reason is thrown', async () => {
    const controller = new AbortController();
    const device = new PlainDevice();
    let after = 0;
    device.beforeRun = () => {
      if (controller.signal.aborted) after += 1;
      if (device.runs === 9) controller.abort(new Error('enough'));
    };
    await using graph = await openGraph(arrays);
    const options = { ...(await optionsFor([device])), signal: controller.signal };
    const results: TileResult[] = [];
    const reading = async () => {
      for await (const result of stream(graph, options)) results.push(result);
    };
    await expect(reading()).rejects.toThrow('enough');
    expect(results.length).toBeLessThan(8);
    expect(after).toBe(0);
    expectFreed(device);
  });

  it('before it begins', async () => {
    const device = new PlainDevice();
    await using graph = await openGraph(arrays);
    const options = { ...(await optionsFor([device])), signal: AbortSignal.abort(new Error('no')) };
    await expect(collect(stream(graph, options))).rejects.toThrow('no');
    expect(device.runs).toBe(0);
  });

  it('by leaving the loop, or by `await using`', async () => {
    const device = new PlainDevice();
    await using graph = await openGraph(arrays);
    const options = await optionsFor([device]);
    for await (const { tile } of stream(graph, options)) if (tile.index === 1) break;
    expectFreed(device);
    {
      await using results = stream(graph, options);
      expect((await results.next()).value.tile.index).toBe(0);
    }
    expectFreed(device);
    expect(device.runs).toBeLessThan(2 * 64);
  });

  it('by nobody asking: it goes no further than a few runs', async () => {
    const device = new PlainDevice();
    await using graph = await openGraph(arrays);
    const options = await optionsFor([device]);
    const results = stream(graph, options);
    await results.next();
    await setTimeout(50);
    const before = device.runs;
    await setTimeout(50);
    expect(device.runs).toBe(before);
    expect(before).toBeLessThan(40);
    let tiles = 1;
    for await (const { tile } of results) expect(tile.index).toBe(tiles++);
    expect(tiles).toBe(8);
    expectFreed(device);
  });
});

async function graphFolder(given: GraphArrays = arrays): Promise<string> {
  const { folder } = temporaryFolder();
  await writeGraph(join(folder, 'graph'), partsOf(given, 10), given);
  return join(folder, 'graph');
}

/** Does something to a file of the graph in the middle of a stream, and gives the error that comes of it. */
async function tamper(file: string, change: (path: string) => void) {
  const folder = await graphFolder();
  const device = new PlainDevice();
  await using graph = await openGraph(folder);
  const results = stream(graph, await optionsFor([device]));
  await results.next();
  change(join(folder, file));
  const error = await collect(results).then(
    () => undefined,
    (thrown) => thrown,
  );
  expectFreed(device);
  return error;
}

describe('files that change', () => {
  it('cut short while they are read', async () => {
    const error = await tamper('features.i16', (path) => truncateSync(path, 100));
    expect(error.code).toBe('GRAPH_FILE_CUT');
    expect(error.message).toMatch(/features\.i16 was cut short .* had 4096 bytes and now has 100$/);
  });

  it('written over while they are read, even with the time of before', async () => {
    for (const file of ['features.i16', 'colIdx.u32', 'rowPtr.u32']) {
      const error = await tamper(file, (path) => {
        const { size, atime, mtime } = statSync(path);
        writeFileSync(path, new Uint8Array(size));
        utimesSync(path, atime, mtime);
      });
      expect(error.code).toBe('GRAPH_FILE_CHANGED');
      expect(error.message).toContain(file);
    }
  });

  it('cut short, too long or missing before they are opened', async () => {
    const folder = await graphFolder();
    truncateSync(join(folder, 'features.i16'), 4000);
    await expect(openGraph(folder)).rejects.toThrow(/has 4000 bytes, and the graph needs 4096$/);
    appendFileSync(join(folder, 'features.i16'), new Uint8Array(97));
    await expect(openGraph(folder)).rejects.toThrow(/has 4097 bytes/);
    await expect(openGraph(join(folder, 'nowhere'))).rejects.toThrow('is no graph');
    writeFileSync(join(folder, 'graph.json'), '{"formatVersion": 2}');
    await expect(openGraph(folder)).rejects.toThrow('no header of a graph of format 1');
  });

  it('closed while they are read', async () => {
    const device = new PlainDevice();
    const graph = await openGraph(await graphFolder());
    const results = stream(graph, await optionsFor([device]));
    await results.next();
    await graph.close();
    await expect(collect(results)).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
    expectFreed(device);
  });

  it('a list that grows in memory: not tried for ever', async () => {
    const device = new PlainDevice();
    const rowPtr = arrays.rowPtr.slice();
    await using graph = await openGraph({ ...arrays, rowPtr });
    const results = stream(graph, await optionsFor([device]));
    await results.next();
    rowPtr.fill(0, 0, 64);
    await expect(collect(results)).rejects.toThrow('the list of node 63 has grown');
    expectFreed(device);
  });

  it('lists that name no node, and places that fall', async () => {
    const device = new PlainDevice();
    const colIdx = arrays.colIdx.slice();
    colIdx.fill(64, arrays.rowPtr[40], arrays.rowPtr[41]);
    await using wrong = await openGraph({ ...arrays, colIdx });
    await expect(collect(stream(wrong, await optionsFor([device])))).rejects.toThrow(
      'the list of node 40 names node 64, and there are 64',
    );
    expectFreed(device);
    colIdx.fill(0xffffffff, arrays.rowPtr[40], arrays.rowPtr[41]);
    await expect(collect(stream(wrong, await optionsFor([device])))).rejects.toThrow(
      'the list of node 40 names node 4294967295, and there are 64',
    );
    const rowPtr = arrays.rowPtr.slice();
    rowPtr[9] = rowPtr[8] - 1;
    await using falling = await openGraph({ ...arrays, rowPtr });
    await expect(collect(stream(falling, await optionsFor([device])))).rejects.toThrow(
      /the list of node 8 goes from \d+ to \d+/,
    );
  });
});

describe('results that cannot be written', () => {
  it('a full disk: one error, no file, nothing under way', async () => {
    const { folder } = temporaryFolder();
    const device = new PlainDevice();
    await using graph = await openGraph(arrays);
    const results = stream(graph, await optionsFor([device]));
    const path = join(folder, 'means.i16');
    fullDisk.files = /means/;
    await expect(writeMeans(path, results)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: `cannot write ${path}: the disk is full`,
    });
    expect(readdirSync(folder)).toEqual([]);
    expectFreed(device);
    expect(device.runs).toBeLessThan(64);
  });

  it('a full disk while a graph is written: nothing of it is left', async () => {
    const { folder } = temporaryFolder();
    fullDisk.files = /features/;
    await expect(
      writeGraph(join(folder, 'graph'), partsOf(arrays, 10), arrays),
    ).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringMatching(/features.i16: the disk is full$/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a stream that fails half-way leaves no file', async () => {
    const { folder } = temporaryFolder();
    const device = failing((run) => run > 20);
    await using graph = await openGraph(arrays);
    const results = stream(graph, await optionsFor([device]));
    await expect(writeMeans(join(folder, 'means.i16'), results)).rejects.toThrow('card fell out');
    expect(readdirSync(folder)).toEqual([]);
    expectFreed(device);
  });
});
