// Run as a process of its own: compiles one kernel, says how that ended, and ends. Its arguments are those of
// `compileInto`, the parameters as JSON.

import type { CompileAnswer } from './compile-beside.ts';
import { compileInto } from './compile-into.ts';
import { plainError } from './plain-error.ts';

// Ctrl-C reaches both processes; who waits for this one decides.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());

const [folder, sourceFile, parameters] = process.argv.slice(-3) as [string, string, string];
const answer = (error: CompileAnswer['error']): void => {
  const message: CompileAnswer = { error };
  process.send?.(message, () => process.exit());
};
compileInto(folder, sourceFile, JSON.parse(parameters)).then(
  () => answer(undefined),
  (error: unknown) => answer(plainError(error, 'COMPILE_CHILD')),
);
