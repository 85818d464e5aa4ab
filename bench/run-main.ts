import { TilewrightError } from '../codegen/support/errors.ts';

/**
 * Runs a bench to its exit code: an error that says what to do is told in two lines, any other is a fault of
 * the bench and keeps its stack.
 */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof TilewrightError)) throw error;
    process.stderr.write(`error: ${error.message}\n${error.hint ?? ''}\n`);
    process.exitCode = error.exitCode;
  }
}
