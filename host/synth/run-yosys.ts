import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asWriteError } from '../../codegen/support/atomic-write.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { locateTool, runTool, toolVersion } from '../../codegen/support/run-tool.ts';
import { type ArtefactStore, artefactStore } from '../../codegen/support/store.ts';
import { type KernelArtefacts, verilogSources } from '../../sim/index.ts';
import { Netlist, parseStat } from './netlist.ts';
import type { CellCounts } from './resources.ts';
import { parseSta } from './sta-report.ts';
import { type LocatedPath, locatePath } from './worst-path.ts';
import { type Job, netlistFile, staFile, statFile, yosysScript } from './yosys-script.ts';

export interface YosysOptions {
  /** By default the store of the checkout or of the user. */
  readonly store?: ArtefactStore | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told which pass runs. */
  readonly onProgress?: ((text: string) => void) | undefined;
  /** File that everything Yosys prints is added to. */
  readonly log?: string | undefined;
}

/** What a run found out; kept in the store. */
export interface JobResult {
  /** Cells by type, of the top module and, by instance, of each module that was kept. */
  readonly cells: Readonly<Record<string, CellCounts>>;
  /** Instances of the top module that were kept, and the module of each. */
  readonly instances: readonly { readonly name: string; readonly module: string }[];
  /** Slowest path of each module, for a job of timing. */
  readonly paths: readonly LocatedPath[];
  /** How long Yosys took when it ran. */
  readonly seconds: number;
}

export interface JobRun extends JobResult {
  readonly cached: boolean;
}

/** Counted up when what `result.json` holds changes. */
const resultFormat = 2;
const resultFile = 'result.json';
const logFile = 'yosys.log';
const scriptFile = 'synth.ys';

/**
 * Version of Yosys as it tells it itself, e.g. `Yosys 0.23 (git sha1 7ce5011c24b)`.
 * @throws TilewrightError `TOOL_MISSING` with the package that has it.
 */
export function yosysVersion(): Promise<string> {
  return toolVersion(locateTool('yosys'), '-V');
}

/**
 * Synthesises a generated kernel for one question. The same Verilog, script and Yosys give what the store
 * has already.
 * @throws TilewrightError `TOOL_MISSING`, `TOOL_FAILED` naming the place in the Verilog, `SYNTH_OUTPUT`,
 * `ARTEFACT_MISSING`, `ARTEFACT_CHANGED`, `STORE_UNWRITABLE`, `FILE_UNWRITABLE`, `DISK_FULL`, `ABORTED`.
 */
export async function runJob(
  kernel: KernelArtefacts,
  job: Job,
  options: YosysOptions = {},
): Promise<JobRun> {
  // Before minutes of work, rather than after them.
  addToLog(options.log, '');
  const top = kernel.manifest.kernel;
  const store = options.store ?? artefactStore();
  const version = await yosysVersion();
  const sources = (await verilogSources(kernel)).map(({ path, text }) => ({
    path: basename(path),
    text,
  }));
  const script = yosysScript(
    job,
    top,
    sources.map(({ path }) => path),
  );
  const key = { top, sources, script, version, resultFormat };
  const { folder, cached } = await store.build(
    `${top}-${job.kind}-${job.hierarchy}`,
    key,
    async (temporary) => {
      const work = join(temporary, 'work');
      await mkdir(work);
      await Promise.all(
        [...sources, { path: scriptFile, text: script }].map(({ path, text }) =>
          writeFile(join(work, path), text),
        ),
      );
      const started = performance.now();
      await yosys(kernel, work, options);
      const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
      const result = await readResult(work, top, job, seconds);
      await writeFile(join(temporary, resultFile), JSON.stringify(result));
      await cp(join(work, logFile), join(temporary, logFile));
      await rm(work, { recursive: true });
    },
  );
  if (cached) appendLog(join(folder, logFile), options.log);
  const result = JSON.parse(await readFile(join(folder, resultFile), 'utf8')) as JobResult;
  return { ...result, cached };
}

async function yosys(kernel: KernelArtefacts, work: string, options: YosysOptions): Promise<void> {
  const { signal, onProgress } = options;
  const onLine = (line: string) => {
    const pass = /^([\d.]+)\. Executing (\S+) pass/.exec(line);
    if (pass !== null) onProgress?.(`step ${pass[1]} ${pass[2].toLowerCase()}`);
  };
  try {
    await runTool('yosys', ['-l', logFile, '-s', scriptFile], { cwd: work, signal, onLine });
  } catch (error) {
    throw explained(error, kernel, work, options.log);
  } finally {
    appendLog(join(work, logFile), options.log);
  }
}

function appendLog(from: string, to: string | undefined): void {
  if (to !== undefined && existsSync(from)) addToLog(to, readFileSync(from));
}

function addToLog(to: string | undefined, text: string | Uint8Array): void {
  if (to === undefined) return;
  try {
    appendFileSync(to, text);
  } catch (error) {
    throw asWriteError(error, to);
  }
}

/** The line of the log that says why, with the kernel's own file, in place of the last lines of it. */
function explained(
  error: unknown,
  kernel: KernelArtefacts,
  work: string,
  log: string | undefined,
): unknown {
  if (!(error instanceof TilewrightError) || error.code !== 'TOOL_FAILED') return error;
  const path = join(work, logFile);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const first = /^(?:(\S+\.v):(\d+): )?ERROR: (.*)$/m.exec(text);
  if (first === null) return error;
  const [, file, line, message] = first;
  const artefact = kernel.manifest.artefacts.find(({ path }) => basename(path) === file);
  const location =
    artefact === undefined
      ? undefined
      : { file: join(kernel.folder, artefact.path), line: Number(line) };
  const hint =
    log === undefined
      ? 'Run it again with --log yosys.log to keep everything that Yosys prints.'
      : `${log} has everything that Yosys printed.`;
  return new TilewrightError(`Yosys stopped: ${message}`, {
    code: 'TOOL_FAILED',
    hint,
    ...(location === undefined ? {} : { location }),
    cause: error,
  });
}

async function readResult(
  work: string,
  top: string,
  job: Job,
  seconds: number,
): Promise<JobResult> {
  const text = (file: string) => readFile(join(work, file), 'utf8').catch(() => '');
  const stat = parseStat(await text(statFile));
  const netlist = new Netlist(await text(netlistFile));
  const paths = job.kind === 'timing' ? parseSta(await text(staFile)) : [];
  return {
    cells: Object.fromEntries(stat),
    instances: netlist.instances(top, new Set(stat.keys())),
    paths: paths.map((path) => locatePath(path, netlist)),
    seconds,
  };
}
