import { createHash } from 'node:crypto';
import { sameFile } from '../../../codegen/support/same-file.ts';
import type { Device } from '../../device/device.ts';
import { defineCommand, realNumber, usageError, wholeNumber } from '../command.ts';
import { threadsOf, threadsOption } from '../threads-option.ts';

const word = { min: 0, max: 2 ** 32 - 1 };
const mebibyte = 2 ** 20;

/** As an AsyncDisposableStack, which Node 20 has not. */
class OpenDevices implements AsyncDisposable {
  readonly devices: Device[] = [];

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.devices.map((device) => device.close()));
  }
}

export default defineCommand({
  name: 'stream',
  summary: "Sample and aggregate a graph in tiles that fit a device's memory",
  positional: { name: 'folder', describe: 'A graph, as tilewright graph writes it' },
  options: {
    device: {
      describe: 'What runs the kernels: golden, native, hls, sim, opencl or xrt',
      type: 'string',
      default: 'native',
      requiresArg: true,
    },
    units: wholeNumber('units', 'Devices of this kind to share the work (default 1)', {
      min: 1,
      max: 64,
    }),
    ...threadsOption,
    'bank-mib': realNumber('bank-mib', 'Memory that a unit may use, in MiB (default 64)', {
      min: 0.001,
      max: 2 ** 20,
    }),
    tiles: wholeNumber('tiles', 'So many tiles at the least (default: the fewest that fit)', {
      min: 1,
      max: 4096,
    }),
    buffers: wholeNumber('buffers', 'Sets of buffers of a unit, 1 to 3 (default 3)', {
      min: 1,
      max: 3,
    }),
    fanout: wholeNumber('fanout', 'Neighbours drawn for each node (default 16)', {
      min: 1,
      max: 64,
    }),
    key: wholeNumber('key', 'Of the sampling (default 1)', word),
    hop: wholeNumber(
      'hop',
      'Samples of different hops are unrelated: 0 for the first layer, 1 for the second … (default 0)',
      word,
    ),
    seeds: {
      describe: 'Only the nodes that this file names, one number a line, in its order',
      type: 'string',
      requiresArg: true,
    },
    features: {
      describe: "Features instead of the graph's own: what --out wrote for the layer before",
      type: 'string',
      requiresArg: true,
    },
    out: {
      describe: 'Write the means to this file, in place of what is there',
      type: 'string',
      requiresArg: true,
    },
  },
  examples: [
    ['tilewright stream out/graph --bank-mib 100', 'The means of all nodes, in tiles'],
    [
      'tilewright stream out/graph --device sim --bank-mib 1 --json',
      'The same bits from the Verilog, and its clock cycles',
    ],
    ['tilewright stream out/graph --out out/h1.i16', 'The first layer, kept'],
    [
      'tilewright stream out/graph --seeds seeds.txt --out out/some.i16',
      'The means of some nodes, a row for each line of the file',
    ],
    [
      'tilewright stream out/graph --features out/h1.i16 --hop 1 --out out/h2.i16',
      'The second, of the first',
    ],
  ],
  async run(options, context, folder) {
    const { openDevice } = await import('../../device/open-device.ts');
    const { isGraphFile, openGraph } = await import('../../graph/graph-source.ts');
    const { stream, writeMeans } = await import('../../stream/index.ts');
    const { readSeeds } = await import('../read-seeds.ts');
    const { describeStream } = await import('../stream-table.ts');
    const { signal, progress } = context;
    const {
      features,
      out,
      tiles: leastTiles = 1,
      units = 1,
      fanout = 16,
      key = 1,
      hop = 0,
      buffers = 3,
    } = options;
    await using graph = await openGraph(folder, { features });
    if (out !== undefined && isGraphFile(folder, out)) {
      throw usageError(`--out ${out} is a file of the graph itself`, 'Give another path.');
    }
    if (out !== undefined && features !== undefined && sameFile(out, features)) {
      throw usageError(`--out ${out} is the file of the features`, 'Give another path.');
    }
    if (out !== undefined && options.seeds !== undefined && sameFile(out, options.seeds)) {
      throw usageError(`--out ${out} is the file of the seeds`, 'Give another path.');
    }
    const seeds =
      options.seeds === undefined ? undefined : await readSeeds(options.seeds, graph.nodes);
    await using opened = new OpenDevices();
    const { devices } = opened;
    const open = () => openDevice(options.device, threadsOf(options));
    for (let unit = 0; unit < units; unit++) devices.push(await open());
    const hash = createHash('sha256');
    const report = await progress.step(`Streaming ${folder}`, async (update) => {
      update('making kernels and tiles ready');
      const results = stream(graph, {
        devices,
        bankBytes: Math.floor((options['bank-mib'] ?? 64) * mebibyte),
        ...{ seeds, fanout, key, hop, buffers, leastTiles, signal },
        onProgress: ({ tilesDone, tiles, runs }) =>
          update(`${tilesDone} of ${tiles} tiles, ${runs} runs`),
      });
      async function* hashed() {
        for await (const result of results) {
          const { buffer, byteOffset, byteLength } = result.means;
          hash.update(new Uint8Array(buffer, byteOffset, byteLength));
          yield result;
        }
      }
      if (out !== undefined) await writeMeans(out, hashed());
      else for await (const _ of hashed());
      return results.report();
    });
    return describeStream(graph, options.device, report, hash.digest('hex'));
  },
});
