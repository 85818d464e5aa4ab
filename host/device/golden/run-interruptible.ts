import { Script } from 'node:vm';
import { endedBySignals } from '../../../codegen/support/ending-signals.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';

const key = Symbol.for('tilewright.golden.work');
const shared = globalThis as { [key]?: (() => unknown) | undefined };
const script = new Script("globalThis[Symbol.for('tilewright.golden.work')]()");

/**
 * Runs synchronous code that may never end, in this thread: Ctrl-C ends it, and so does `timeoutMs`. No
 * handler of SIGINT hears the signal while it runs; they are told afterwards. SIGTERM ends the command line's process.
 * @param name of what runs, for messages.
 * @throws TilewrightError `ABORTED`, `TIMEOUT`, and whatever `work` throws.
 */
export function runInterruptible<T>(name: string, work: () => T, timeoutMs?: number): T {
  const before = shared[key];
  shared[key] = work;
  try {
    const limited = timeoutMs !== undefined && timeoutMs < Number.POSITIVE_INFINITY;
    const timeout = limited ? { timeout: Math.max(1, Math.ceil(timeoutMs)) } : {};
    return endedBySignals(() => script.runInThisContext({ breakOnSigint: true, ...timeout }) as T);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') {
      process.emit('SIGINT', 'SIGINT');
      throw new TilewrightError(`${name} was stopped`, {
        code: 'ABORTED',
        hint: 'Run it again, with a smaller workload if it took too long.',
        cause,
      });
    }
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new TilewrightError(`${name} did not end within ${timeoutMs} ms`, {
        code: 'TIMEOUT',
        hint: 'Look for a loop of the TypeScript that does not end, or allow more time.',
        cause,
      });
    }
    throw cause;
  } finally {
    shared[key] = before;
  }
}
