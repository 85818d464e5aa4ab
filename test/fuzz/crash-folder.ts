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
import type { Finding, Run, Target } from './finding.ts';
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
  { patience = 180 }: CrashFolderOptions = {},
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
    await collectArtefacts(temporary, patience);
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
  const [record, kernel] = [join(folder, recordFile), join(folder, kernelFile)];
  for (const file of [record, kernel]) {
    if (existsSync(file)) continue;
    throw new TilewrightError(
      `${folder} is no crash folder: it has no ${file.slice(folder.length + 1)}`,
      {
        code: 'CRASH_FOLDER',
        hint: 'Name a folder that `npm run fuzz` made: it holds kernel.ts and crash.json.',
      },
    );
  }
  const { versions: _, ...rest } = JSON.parse(readFileSync(record, 'utf8')) as CrashJson;
  return { ...rest, source: readFileSync(kernel, 'utf8') };
}

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
async function collectArtefacts(folder: string, patience: number): Promise<void> {
  const script = join(import.meta.dirname, 'collect-artefacts.ts');
  const signal = AbortSignal.timeout(patience * 1000);
  try {
    await runTool(process.execPath, [jitiCli, script, folder], { signal });
  } catch (error) {
    const why = signal.aborted ? `it took more than ${patience} s` : (error as Error).message;
    writeFileSync(join(folder, 'incomplete.txt'), `Artefacts are missing: ${why}\n`);
  }
}
