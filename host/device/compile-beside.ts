import { spawn } from 'node:child_process';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { childCommand } from './child-command.ts';
import { type PlainError, revivedError } from './plain-error.ts';

/** What the process says at its end. */
export interface CompileAnswer {
  readonly error: PlainError | undefined;
}

const shownBytes = 2000;

/**
 * As `compileInto`, in a process of its own: the compiler takes more than 100 MiB, which a process does not give back.
 * @throws TilewrightError what the compiler throws; `COMPILE_CHILD` where its process died; and the reason of `signal`.
 */
export async function compileBeside(
  folder: string,
  sourceFile: string,
  parameters: Readonly<Record<string, number>>,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const words = [...childCommand('compile-child'), folder, sourceFile, JSON.stringify(parameters)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const stop = () => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  let answer: CompileAnswer | undefined;
  let said = '';
  child.on('message', (message: CompileAnswer) => {
    answer = message;
  });
  child.stderr?.on('data', (text: Buffer) => {
    said = `${said}${text}`.slice(-shownBytes);
  });
  try {
    const how = await new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, name) => resolve(name ?? `exit code ${code}`));
    }).catch((error: Error) => error.message);
    signal?.throwIfAborted();
    if (answer?.error !== undefined) throw revivedError(answer.error);
    if (answer !== undefined) return;
    throw new TilewrightError(`the compiler's process died: ${how}\n${said.trim()}`.trimEnd(), {
      code: 'COMPILE_CHILD',
      hint: 'The system may have run out of memory: free some and run it again.',
    });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
