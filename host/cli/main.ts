#!/usr/bin/env node
import { constants } from 'node:os';
import { runCli } from './run-cli.ts';

/** After Ctrl-C a command has this long to clean up before the process ends anyway. */
const graceMs = 5000;

const controller = new AbortController();
let interrupted: NodeJS.Signals | undefined;

const signalExitCode = (name: NodeJS.Signals) => 128 + constants.signals[name];

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The second time the user means it.
    if (interrupted !== undefined) process.exit(signalExitCode(name));
    interrupted = name;
    controller.abort();
    setTimeout(() => process.exit(signalExitCode(name)), graceMs).unref();
  });
}

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
  signal: controller.signal,
  environment: process.env,
});
process.exitCode = interrupted === undefined ? exitCode : signalExitCode(interrupted);
