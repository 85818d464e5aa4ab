import { Writable } from 'node:stream';
import { runCli } from '../../host/cli/run-cli.ts';

export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Collected extends Writable {
  text = '';
  private readonly listen: ((text: string) => void) | undefined;

  constructor(listen?: (text: string) => void) {
    super();
    this.listen = listen;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.listen?.(this.text);
    done();
  }
}

/** Calls the command line in this process, with pipes for its streams. */
export async function call(
  argv: readonly string[],
  options: {
    readonly signal?: AbortSignal;
    readonly environment?: NodeJS.ProcessEnv;
    /** Hears all of standard error so far, whenever there is more. */
    readonly listen?: (stderr: string) => void;
  } = {},
): Promise<Called> {
  const stdout = new Collected();
  const stderr = new Collected(options.listen);
  const code = await runCli(argv, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    signal: options.signal ?? new AbortController().signal,
    environment: options.environment ?? {},
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Standard output as the one JSON object that it must be. */
export function onlyJson(stdout: string): Record<string, unknown> {
  const value: unknown = JSON.parse(stdout);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`not a JSON object: ${stdout}`);
  }
  return value as Record<string, unknown>;
}
