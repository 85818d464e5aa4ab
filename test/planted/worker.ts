// A process of its own that runs checks in copies of the checkout, one task after another: TypeScript's
// compiler, which takes the longest to load, is loaded once. What hangs or crashes in it harms nobody else.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import type { checkSamples } from './check-samples.ts';
import type { Answer, Task } from './task.ts';

// What jiti has transformed outlives us; all else goes to the laboratory's own folder.
const fsCache = join(tmpdir(), 'jiti');
process.env['TMPDIR'] = process.argv[2];

process.on('message', async (task: Task) => send(await answerTo(task)));
// Whoever asks has gone.
process.on('disconnect', () => process.exit());

const send = (answer: Answer) => void process.send?.(answer);
const onStep: Parameters<typeof checkSamples>[1] = (check, sample) =>
  send({ kind: 'step', check, sample });

async function answerTo(task: Task): Promise<Answer> {
  try {
    const jiti = createJiti(join(task.root, 'test/planted/worker.ts'), { fsCache });
    // The task before may have run another text of these files. Packages stay: they lie elsewhere.
    for (const file of Object.keys(jiti.cache))
      if (file.startsWith(task.root)) delete jiti.cache[file];
    const module = await jiti.import<{ checkSamples: typeof checkSamples }>(
      join(task.root, 'test/planted/check-samples.ts'),
    );
    return { kind: 'found', found: await module.checkSamples(task, onStep) };
  } catch (error) {
    return { kind: 'failed', text: (error as Error).stack ?? String(error) };
  }
}
