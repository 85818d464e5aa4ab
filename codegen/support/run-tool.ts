import { ExecaError, execa } from 'execa';
import { TilewrightError } from './errors.ts';
import { killTree } from './process-tree.ts';
import { findProgram, howToGet, tools } from './tool-table.ts';

export interface RunToolOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the tool's standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array;
  /** Kills the tool, and what it started, when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
}

const shownLines = 20;

/** The error for a tool that is not on PATH, with the line that installs it. */
export function toolMissing(name: string): TilewrightError {
  const tool = tools.find((candidate) => candidate.name === name);
  const how = tool === undefined ? 'a package that has it' : howToGet(tool);
  const install = how.startsWith('apt-get') ? `sudo ${how}` : how;
  return new TilewrightError(`${name} was not found; install it with: ${install}`, {
    code: 'TOOL_MISSING',
    hint: 'Run `tilewright doctor` to see every tool, what it is needed for and how to get it.',
  });
}

/**
 * Absolute path of a tool on PATH; a path is given back as it is.
 * @throws TilewrightError `TOOL_MISSING`.
 */
export function locateTool(tool: string): string {
  const path = tool.includes('/') ? tool : findProgram(tool);
  if (path === undefined) throw toolMissing(tool);
  return path;
}

/** A command as it can be pasted into a shell. */
export function shellCommand(tool: string, args: readonly string[]): string {
  return [tool, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n');
  const cut = lines.length - shownLines;
  return cut > 0 ? `… (${cut} lines before)\n${lines.slice(cut).join('\n')}` : lines.join('\n');
}

function failure(tool: string, command: string, error: ExecaError): TilewrightError {
  const output = [error.stderr, error.stdout]
    .map((stream) => (typeof stream === 'string' ? stream : ''))
    .find((text) => text.trim() !== '');
  const how =
    error.exitCode !== undefined
      ? `ended with exit code ${error.exitCode}`
      : error.signal !== undefined
        ? `was killed by ${error.signal}`
        : `could not be run: ${error.originalMessage ?? error.shortMessage}`;
  const full = /no space left on device/i.test(output ?? '');
  const text = output === undefined ? '' : `\n${lastLines(output)}`;
  return new TilewrightError(`${tool} ${how}${text}\ncommand: ${command}`, {
    code: full ? 'DISK_FULL' : 'TOOL_FAILED',
    hint: full
      ? 'Free some space, or name a folder on another disk with TILEWRIGHT_CACHE.'
      : error.signal === 'SIGKILL'
        ? 'The system may have run out of memory: free some and run it again.'
        : `Run the command by hand to see all of its output.`,
    cause: error,
  });
}

function stopped(tool: string, cause: unknown): TilewrightError {
  return new TilewrightError(`${tool} was stopped`, {
    code: 'ABORTED',
    hint: 'Nothing half-built was kept; run the command again to start over.',
    cause,
  });
}

/**
 * Runs a tool to its end. It dies with this process.
 * @returns its standard output and standard error.
 * @throws TilewrightError `TOOL_MISSING`, `TOOL_FAILED` (with the last lines that it printed and the
 * full command), `DISK_FULL`, or `ABORTED` when `signal` fires.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<ToolResult> {
  const path = locateTool(tool);
  const command = shellCommand(tool, args);
  const { signal } = options;
  if (signal?.aborted) throw stopped(tool, signal.reason);
  const child = execa(path, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    all: true,
  });
  const stop = () => {
    if (child.pid !== undefined) killTree(child.pid);
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    if (options.onLine !== undefined) {
      for await (const line of child.iterable({ from: 'all' })) options.onLine(String(line));
    }
    const { stdout, stderr } = await child;
    return { stdout: String(stdout ?? ''), stderr: String(stderr ?? '') };
  } catch (error) {
    if (signal?.aborted) throw stopped(tool, error);
    if (!(error instanceof ExecaError)) throw error;
    throw failure(tool, command, error);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

const versions = new Map<string, Promise<string>>();

/**
 * First line that a tool prints for `--version`, remembered for the life of the process. It goes into
 * the keys of the artefact store, so that another version builds anew.
 */
export function toolVersion(tool: string, flag = '--version'): Promise<string> {
  const path = locateTool(tool);
  const key = `${path} ${flag}`;
  let version = versions.get(key);
  if (version === undefined) {
    version = runTool(path, [flag]).then(({ stdout, stderr }) => {
      return (stdout.trim() || stderr.trim()).split('\n')[0] ?? '';
    });
    version.catch(() => versions.delete(key));
    versions.set(key, version);
  }
  return version;
}
