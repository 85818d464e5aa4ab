import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { asWriteError, temporaryPathFor } from '../../codegen/support/atomic-write.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { runTool, toolVersion } from '../../codegen/support/run-tool.ts';
import { jitiCli } from '../support/jiti.ts';
import { type Finding, type Run, type Target, targets } from './finding.ts';
import { runScript } from './run-script.ts';

/** A kernel that failed, and all that is needed to see it fail again. */
export interface CrashRecord {
  /** Its text. */
  readonly source: string;
  /** Its name. */
  readonly kernel: string;
  /** Seed of the random program in it. */
  readonly programSeed: number;
  readonly runs: readonly Run[];
  readonly targets: readonly Target[];
  /** The first one is the failure that a smaller program must show, too. */
  readonly findings: readonly Finding[];
}

export interface CrashFolderOptions {
  /** Seconds for the artefacts; a kernel that never ends leaves those that were made before. Default 180. */
  readonly patience?: number;
  /** Ends the collection of artefacts; the folder is written without the rest. */
  readonly signal?: AbortSignal;
}

/** What `crash.json` holds, beside the kernel's text, which lies in `kernel.ts`. */
type CrashJson = Omit<CrashRecord, 'source'> & { readonly versions: Versions };
type Versions = Readonly<Record<string, string | null>>;

const kernelFile = 'kernel.ts';
const recordFile = 'crash.json';

/**
 * Writes `KIND-TARGET-SEED/` below `parent`: the kernel, what was found, versions of all tools, every
 * artefact (docs/testing.md) and `run.sh`, which checks it again. A folder of that name is replaced. It appears
 * whole or not at all.
 * @returns its path.
 * @throws TilewrightError `FILE_UNWRITABLE`.
 */
export async function writeCrashFolder(
  parent: string,
  crash: CrashRecord,
  { patience = 180, signal }: CrashFolderOptions = {},
): Promise<string> {
  const { source, ...record } = crash;
  const [{ kind, target }] = crash.findings;
  const folder = join(parent, `${kind}-${target}-${crash.programSeed}`);
  const temporary = temporaryPathFor(folder);
  try {
    mkdirSync(temporary, { recursive: true });
    writeFileSync(join(temporary, kernelFile), source);
    const json: CrashJson = { ...record, versions: await versions() };
    writeFileSync(join(temporary, recordFile), `${JSON.stringify(json, undefined, 2)}\n`);
    const script = join(temporary, 'run.sh');
    writeFileSync(script, runScript(crash));
    chmodSync(script, 0o755);
    await collectArtefacts(temporary, patience, signal);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
    return folder;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw asWriteError(error, folder);
  }
}

/**
 * The crash that a folder holds.
 * @throws TilewrightError `CRASH_FOLDER` when it is none.
 */
export function readCrash(folder: string): CrashRecord {
  const none = (why: string, cause?: unknown) =>
    new TilewrightError(`${folder} is no crash folder: ${why}`, {
      code: 'CRASH_FOLDER',
      hint: 'Name a folder that `npm run fuzz` made: it holds kernel.ts and crash.json.',
      cause,
    });
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (cause) {
      const missing = !existsSync(join(folder, name));
      throw none(missing ? `it has no ${name}` : `its ${name} cannot be read`, cause);
    }
  };
  const text = read(recordFile);
  const source = read(kernelFile);
  let json: Partial<CrashJson> | null;
  try {
    json = JSON.parse(text) as Partial<CrashJson> | null;
  } catch (cause) {
    throw none(`its ${recordFile} is no JSON`, cause);
  }
  const { kernel, programSeed, runs, targets: on, findings } = json ?? {};
  const known = (name: unknown) => targets.some((one) => one === name);
  if (typeof kernel !== 'string' || typeof programSeed !== 'number') {
    throw none(`its ${recordFile} names no kernel and no seed`);
  }
  if (!(isList(runs, isRun) && isList(findings, isFinding) && isList(on, known))) {
    throw none(`its ${recordFile} lacks runs, targets or findings that one can check`);
  }
  return { kernel, programSeed, runs, targets: on, findings, source };
}

/** A list of something, each as `has` wants it. */
function isList<T>(list: readonly T[] | undefined, has: (one: T) => boolean): list is readonly T[] {
  return Array.isArray(list) && list.length > 0 && list.every(has);
}

const isRun = (run: Run | null): boolean =>
  [run?.seed, run?.size, run?.latency, run?.stall, run?.outstanding].every(Number.isFinite);

const isFinding = (one: Finding | null): boolean =>
  [one?.target, one?.kind, one?.text].every((word) => typeof word === 'string');

const flags: Readonly<Record<string, string>> = { iverilog: '-V', yosys: '-V' };

async function versions(): Promise<Versions> {
  const found: Record<string, string | null> = { node: process.version };
  for (const tool of ['verilator', 'g++', 'iverilog', 'yosys']) {
    found[tool] = await toolVersion(tool, flags[tool]).catch(() => null);
  }
  const git = (...args: string[]) =>
    runTool('git', ['-C', packageRoot(), ...args]).then(
      ({ stdout }) => stdout.trim(),
      () => null,
    );
  const revision = await git('rev-parse', 'HEAD');
  const changed = (await git('status', '--porcelain', '--untracked-files=no')) !== '';
  found['tilewright'] = revision === null ? null : `${revision}${changed ? ', changed' : ''}`;
  return found;
}

/** In a process of its own, which a kernel may kill or block; what is missing then is told in a file. */
async function collectArtefacts(
  folder: string,
  patience: number,
  stop?: AbortSignal,
): Promise<void> {
  const script = join(import.meta.dirname, 'collect-artefacts.ts');
  const late = AbortSignal.timeout(patience * 1000);
  const signal = stop === undefined ? late : AbortSignal.any([stop, late]);
  try {
    await runTool(process.execPath, [jitiCli, script, folder], { signal });
  } catch (error) {
    const why = stop?.aborted
      ? 'the soak was stopped meanwhile'
      : late.aborted
        ? `it took more than ${patience} s`
        : (error as Error).message;
    writeFileSync(join(folder, 'incomplete.txt'), `Artefacts are missing: ${why}\n`);
  }
}
