#!/usr/bin/env node
import { heedEndingSignals } from '../../codegen/support/ending-signals.ts';
import { runCli } from './run-cli.ts';

/** After Ctrl-C a command has this long to clean up before the process ends anyway. */
const graceMs = 5000;

const signals = heedEndingSignals(graceMs);

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone, as in `tilewright kernels | head -1`: nobody is left to tell anything.
    if (error.code === 'EPIPE') process.exit(0);
    // A full disk behind `> file`: what is written from here on is lost as well.
    if (stream === process.stdout) {
      process.stderr.write(
        `error: cannot write to standard output: ${error.message}\nhint: Free some space, or send it elsewhere.\n`,
      );
    }
    process.exit(1);
  });
}

const exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: signals.signal,
  environment: process.env,
});
process.exitCode = signals.exitCode(exitCode);
