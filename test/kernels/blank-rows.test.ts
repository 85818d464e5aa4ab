// What kernels say of their blank rows is so, and native, which leaves them out, gives what golden gives.
import { afterAll, describe, expect, test } from 'vitest';
import { listKernels, loadKernelModule, type Manifest, seededRandom } from '../../codegen/index.ts';
import { compareRuns, runOn } from '../../host/cosim/compare-runs.ts';
import { type EncodedWorkload, encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { rowBytes } from '../../host/device/row-units.ts';

const golden = await openDevice('golden');
const one = await openDevice('native', { quick: true, threads: 1 });
const three = await openDevice('native', { quick: true, threads: 3 });
afterAll(async () => {
  for (const device of [golden, one, three]) await device.close();
});

const kernels = [
  ['neighbor_sample', {}],
  ['neighbor_sample', { fanout: 20, replace: 1 }],
  ['weighted_sample', { fanout: 7 }],
  ['temporal_sample', { fanout: 16 }],
  ['sample_aggregate', { fanout: 5 }],
  ['sample_aggregate', { fanout: 5, fanout2: 3 }],
  ['sample_aggregate', { fanout: 20, partial: 1, featurePorts: 2 }],
  ['mean_aggregate', { fanout: 3, rowBeats: 1 }],
  ['sum_aggregate', { fanout: 18 }],
  ['max_aggregate', {}],
  ['gcn_aggregate', { fanout: 10 }],
] as const;

/** The bytes of an element. */
function bytesOf(manifest: Manifest, name: string, value: number): Uint8Array {
  const memory = manifest.arguments.find((each) => each.name === name);
  if (memory?.kind !== 'memory') throw new Error(`${name} is no memory`);
  const bits = BigInt.asUintN(memory.element.width, BigInt(value));
  return Uint8Array.from({ length: memory.element.width / 8 }, (_, at) =>
    Number((bits >> BigInt(8 * at)) & 0xffn),
  );
}

/** A workload in which a share of the rows is blank, and which they are: also those that are so by chance. */
async function workloadOf(
  name: string,
  parameters: Readonly<Record<string, number>>,
  rows: number,
  share: number,
) {
  const kernel = await buildKernel(name, parameters);
  const { manifest } = kernel;
  const { definition } = await loadKernelModule(kernel.sourceFile);
  const random = seededRandom(rows + 17);
  const drawn = definition.workload(manifest.parameters, random, rows);
  const workload = encodeWorkload(manifest, drawn as Record<string, unknown>);
  const blank = Array.from({ length: rows }, () => random.chance(share));
  const said = manifest.rows?.blank;
  if (said === undefined) throw new Error(`${name} says nothing of blank rows`);
  const size = (memory: string) => Number(rowBytes(manifest).get(memory));
  for (const [memory, value] of Object.entries(said.when)) {
    const bytes = workload.buffers.get(memory) as Uint8Array;
    const element = bytesOf(manifest, memory, value);
    const part = (row: number) => bytes.subarray(row * size(memory), (row + 1) * size(memory));
    blank.forEach((is, row) => {
      if (is) part(row).set(part(row).map((_, at) => element[at % element.length]));
      else blank[row] = part(row).every((byte, at) => byte === element[at % element.length]);
    });
  }
  return { kernel, workload: workload as EncodedWorkload, blank, said, size };
}

test('the kernels whose rows can be blank are these', async () => {
  const all = await Promise.all(
    (await listKernels()).map(async ({ name }) => (await buildKernel(name, {})).manifest),
  );
  const saying = all.filter(({ rows }) => rows?.blank !== undefined).map(({ kernel }) => kernel);
  expect(new Set(saying)).toEqual(new Set(kernels.map(([name]) => name)));
});

describe.each(kernels)('%s %o', (name, parameters) => {
  test('golden gives for blank rows what the kernel says', async () => {
    const { kernel, workload, blank, said, size } = await workloadOf(name, parameters, 60, 0.4);
    const { outputs } = await runOn(golden, kernel, workload);
    expect(new Set(Object.keys(said.gives))).toEqual(new Set(outputs.keys()));
    let other = 0;
    for (const [memory, value] of Object.entries(said.gives)) {
      const bytes = outputs.get(memory) as Uint8Array;
      const element = bytesOf(kernel.manifest, memory, value);
      blank.forEach((is, row) => {
        const part = bytes.subarray(row * size(memory), (row + 1) * size(memory));
        const wanted = part.map((_, at) => element[at % element.length]);
        if (is) expect(part, `${memory}, row ${row}`).toEqual(wanted);
        else if (part.some((byte, at) => byte !== wanted[at])) other += 1;
      });
    }
    expect(other).toBeGreaterThan(0);
  });

  test.each([
    [0, 0.5],
    [17, 0.3],
    [64, 1],
    [1300, 0.6],
    [1300, 0.02],
  ])('native gives what golden gives: %i rows, %f of them blank', async (rows, share) => {
    const { kernel, workload } = await workloadOf(name, parameters, rows, share);
    const runs = [];
    for (const device of [golden, one, three]) runs.push(await runOn(device, kernel, workload));
    const all = compareRuns(
      workload,
      runs.map((run, at) => ({ ...run, device: `${run.device} ${at}` })),
    );
    expect(all).toMatchObject({ match: true, firstDifferences: [] });
  });
});
