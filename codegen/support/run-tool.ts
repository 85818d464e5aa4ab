import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { ExecaError, execa } from 'execa';
import { TilewrightError } from './errors.ts';

/** How each tool that tilewright runs is installed: Debian/Ubuntu package and Homebrew formula. */
export interface ToolPackage {
  readonly apt: string;
  readonly brew?: string;
}

export const toolPackages: Readonly<Record<string, ToolPackage>> = {
  verilator: { apt: 'verilator', brew: 'verilator' },
  iverilog: { apt: 'iverilog', brew: 'icarus-verilog' },
  vvp: { apt: 'iverilog', brew: 'icarus-verilog' },
  yosys: { apt: 'yosys', brew: 'yosys' },
  'g++': { apt: 'g++', brew: 'gcc' },
  'clang++': { apt: 'clang', brew: 'llvm' },
  make: { apt: 'make', brew: 'make' },
  git: { apt: 'git', brew: 'git' },
  unzip: { apt: 'unzip', brew: 'unzip' },
  zip: { apt: 'zip', brew: 'zip' },
  xz: { apt: 'xz-utils', brew: 'xz' },
  fst2vcd: { apt: 'gtkwave', brew: 'gtkwave' },
  Rscript: { apt: 'r-base-core', brew: 'r' },
  clinfo: { apt: 'clinfo', brew: 'clinfo' },
};

export interface RunToolOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the tool's standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array;
  /** Kills the tool (and what it started, as far as they share its fate) when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
}

const shownLines = 20;

/** Absolute path of a tool on PATH (or of a path to one), or undefined when there is none. */
export function findTool(tool: string, path = process.env['PATH'] ?? ''): string | undefined {
  const candidates =
    isAbsolute(tool) || tool.includes('/')
      ? [resolve(tool)]
      : path
          .split(delimiter)
          .filter((folder) => folder !== '')
          .map((folder) => join(folder, tool));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}

/** The error for a tool that is not on PATH, with the line that installs it. */
export function toolMissing(tool: string): TilewrightError {
  const packages = toolPackages[tool];
  const install =
    packages === undefined
      ? 'install it and put it on your PATH'
      : process.platform === 'darwin' && packages.brew !== undefined
        ? `install it with: brew install ${packages.brew}`
        : `install it with: sudo apt-get install ${packages.apt}`;
  return new TilewrightError(`${tool} was not found; ${install}`, {
    code: 'TOOL_MISSING',
    hint: 'Run `tilewright doctor` to see every tool, what it is needed for and how to get it.',
  });
}

/**
 * As `findTool`, for a tool that the work cannot go on without.
 * @throws TilewrightError `TOOL_MISSING`.
 */
export function requireTool(tool: string, path?: string): string {
  const found = findTool(tool, path);
  if (found === undefined) throw toolMissing(tool);
  return found;
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
  const path = requireTool(tool, options.env?.['PATH']);
  const command = shellCommand(tool, args);
  try {
    const child = execa(path, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
      all: true,
      forceKillAfterDelay: 2_000,
    });
    if (options.onLine !== undefined) {
      for await (const line of child.iterable({ from: 'all' })) options.onLine(String(line));
    }
    const { stdout, stderr } = await child;
    return { stdout: String(stdout ?? ''), stderr: String(stderr ?? '') };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.isCanceled) {
      throw new TilewrightError(`${tool} was stopped`, {
        code: 'ABORTED',
        hint: 'Nothing half-built was kept; run the command again to start over.',
        cause: error,
      });
    }
    throw failure(tool, command, error);
  }
}

const versions = new Map<string, Promise<string>>();

/**
 * First line that a tool prints for `--version`, remembered for the life of the process. It goes into
 * the keys of the artefact store, so that another version builds anew.
 */
export function toolVersion(tool: string, flag = '--version'): Promise<string> {
  const path = requireTool(tool);
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
