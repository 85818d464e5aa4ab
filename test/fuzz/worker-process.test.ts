import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WorkerProcess } from './worker-process.ts';

const { folder } = temporaryFolder();
const gain = readFileSync(join(import.meta.dirname, '../codegen/golden/gain.ts'), 'utf8');
const run = { seed: 1, size: 2, latency: 5, stall: 0, outstanding: 4 };
const job = (source: string) => ({
  kernel: 'gain',
  source,
  runs: [run],
  targets: ['passes'] as const,
});

test('a kernel that ends its process, one that never ends, and one that is well, in turn', async () => {
  // Patience is for the second; the first job of a process also loads the compiler.
  const worker = new WorkerProcess({ patience: 15, cache: folder });
  try {
    const before = 'workload(_p, random, size) {';
    const deadly = gain.replace(
      before,
      `${before}\n    Reflect.get(globalThis, 'process').abort();`,
    );
    expect(await worker.run(job(deadly))).toMatchObject({
      kind: 'error',
      step: 'golden',
      text: expect.stringMatching(/^the process was killed by SIGABRT/),
    });
    const endless = gain.replace(before, `${before}\n    for (;;) size += 1;`);
    expect(await worker.run(job(endless))).toMatchObject({
      kind: 'hang',
      step: 'golden',
      text: 'golden was not done after 15 s',
    });
    // What the killed ones could not remove goes with the folder that they were given.
    expect(readdirSync(join(folder, 'tmp')).length).toBeGreaterThan(0);
    expect(await worker.run(job(gain))).toEqual({ kind: 'done', result: [] });
  } finally {
    worker.stop();
  }
});
