// A process that checks kernels, one after another: a crash of generated code, or a loop without end, ends or
// blocks this one only.
import { withKernelFile } from '../support/kernel-file.ts';
import { checkKernel } from './check-kernel.ts';
import type { Finding } from './finding.ts';
import { GroupRun } from './fuzz-group.ts';
import type { FromWorker, Job, SourceJob } from './worker-process.ts';

// Not by the environment: jiti keeps what it has transformed in the folder that was the temporary one at the start.
process.env['TMPDIR'] = process.argv[2];

const send = (message: FromWorker): void => {
  process.send?.(message);
};
const onStep = (step: string): void => send({ kind: 'step', step });

async function checkSource(job: SourceJob): Promise<readonly Finding[]> {
  return withKernelFile(job.kernel, job.source, (file) =>
    checkKernel(file, job.runs, job.targets, { onStep, stopAtFirst: true }),
  );
}

process.on('message', (job: Job) => {
  const work = 'source' in job ? checkSource(job) : new GroupRun(job, onStep).run();
  work.then(
    (result) => send({ kind: 'result', result }),
    (error: Error) => send({ kind: 'failed', text: error.stack ?? error.message }),
  );
});
// Whoever started this has gone.
process.on('disconnect', () => process.exit(1));
