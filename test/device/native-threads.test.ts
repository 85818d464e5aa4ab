import { expect, test } from 'vitest';
import { loadKernelModule, seededRandom } from '../../codegen/index.ts';
import { compareRuns, runOn } from '../../host/cosim/compare-runs.ts';
import { encodeWorkload } from '../../host/cosim/encode-workload.ts';
import { buildKernel } from '../../host/device/build-kernel.ts';
import { openDevice } from '../../host/device/open-device.ts';

test.each([
  ['sample_aggregate', { fanout: 20, partial: 1, featurePorts: 2 }],
  ['gcn_aggregate', { fanout: 10 }],
  ['tile_sample', {}],
] as const)('%s: three threads give what the HLS C++ gives in one', async (name, parameters) => {
  const kernel = await buildKernel(name, parameters);
  const { definition } = await loadKernelModule(kernel.sourceFile);
  await using hls = await openDevice('hls', { quick: true });
  await using native = await openDevice('native', { quick: true, threads: 3 });
  // Three parts and a few rows.
  const drawn = definition.workload(kernel.manifest.parameters, seededRandom(5), 3 * 512 + 37);
  const workload = encodeWorkload(kernel.manifest, drawn as Record<string, unknown>);
  const runs = [await runOn(hls, kernel, workload), await runOn(native, kernel, workload)];
  expect(compareRuns(workload, runs)).toMatchObject({ match: true, firstDifferences: [] });
});
