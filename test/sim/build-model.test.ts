import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { runTool, toolVersion } from '../../codegen/support/run-tool.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import { glueView, harnessFolder, renderGlue, verilatedNames } from '../../sim/glue.ts';
import { allocateSimBuffer, buildModel, openSimulator } from '../../sim/index.ts';
import { writeBeatCopy } from './fixture/beat-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function failureOf(work: Promise<unknown>): Promise<TilewrightError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TilewrightError)) throw new Error(`not a TilewrightError: ${error}`);
  return error;
}

describe('a model', () => {
  test('is built once by two builders, then found; another Verilog is another model', async () => {
    const kernel = writeBeatCopy(join(folder, 'kernel'));
    const stores = [1, 2].map(() => artefactStore({ folder: join(folder, 'store') }));
    const steps: string[] = [];
    const onProgress = (step: string) => steps.push(step);
    const built = await Promise.all(
      stores.map((store) => buildModel(kernel, { store, onProgress })),
    );
    expect(built.map(({ cached }) => cached).sort()).toEqual([false, true]);
    expect(built[0].library).toBe(built[1].library);
    expect(steps).toEqual(['building the simulation model of beat_copy']);
    expect((await buildModel(kernel, { store: stores[0] })).cached).toBe(true);
    // Nothing of the build is kept but what is used.
    expect(readdirSync(join(built[0].library, '..')).sort()).toEqual([
      'artefact.json',
      'model.so',
      'warnings.txt',
    ]);

    // A width that does not match, and a valid that is high in reset.
    const sloppy = writeBeatCopy(join(folder, 'sloppy'), (text) =>
      text
        .replace('rresp = {fault == BAD_RRESP, 1', 'rresp = {fault == BAD_RRESP, 2')
        .replace('arvalid <= ap_rst_n && fault', 'arvalid <= !ap_rst_n || fault'),
    );
    const options = { store: stores[0] };
    const other = await buildModel(sloppy, options);
    expect(other.library).not.toBe(built[0].library);
    expect(other.warnings.join('\n')).toContain('verilator: WIDTH');
    const error = await failureOf(openSimulator(sloppy, options));
    expect(error.code).toBe('SIM_AXI_RULE');
    expect(error.message).toMatch(/m_axi_source .*, cycle \d, rule reset: arvalid is high/);

    // Both libraries in one process, in turns: neither sees the other's state.
    const [one, two] = [await openSimulator(kernel, options), await openSimulator(kernel, options)];
    for (const [beats, simulator] of [one, two, one].entries()) {
      const [source, target] = [allocateSimBuffer(256), allocateSimBuffer(256)];
      source.data.fill(beats + 1);
      await simulator.run({ source, target, mask: 0n, bursts: 1, beats: 4, fault: 0 });
      expect(Buffer.compare(source.data, target.data)).toBe(0);
    }
    await Promise.all([one.close(), two.close()]);
  });

  test('of Verilog that does not compile shows what Verilator says, and leaves nothing', async () => {
    const store = artefactStore({ folder: join(folder, 'store') });
    const before = readdirSync(store.folder).sort();
    const broken = writeBeatCopy(join(folder, 'broken'), (text) =>
      text.replace('ap_clk,', 'ap_clk;'),
    );
    const error = await failureOf(buildModel(broken, { store }));
    expect(error.code).toBe('TOOL_FAILED');
    expect(error.message).toContain('beat_copy.v:5');
    expect(error.message).toContain('command: ');
    expect(readdirSync(store.folder).sort()).toEqual(before);
    expect(readdirSync(join(store.folder, '.locks'))).toEqual([]);
  });

  test('is not built of files that the manifest does not list', async () => {
    const kernel = writeBeatCopy(join(folder, 'edited'));
    const file = join(kernel.folder, 'verilog', 'beat_copy.v');
    appendFileSync(file, '// edited\n');
    const edited = await failureOf(buildModel(kernel));
    expect(edited.code).toBe('ARTEFACT_CHANGED');
    expect(edited.message).toContain(file);
    rmSync(file);
    const missing = await failureOf(buildModel(kernel));
    expect(missing.code).toBe('ARTEFACT_MISSING');
    expect(missing.hint).toContain('tilewright generate');
  });

  test('needs verilator, and says so', async () => {
    const kernel = writeBeatCopy(join(folder, 'toolless'));
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    const error = await failureOf(buildModel(kernel)).finally(() => {
      process.env['PATH'] = path;
    });
    expect(error.code).toBe('TOOL_MISSING');
    expect(error.message).toContain('verilator was not found; install it with: ');
  });

  test('stops building when it is aborted', async () => {
    const store = artefactStore({ folder: join(folder, 'store') });
    const kernel = writeBeatCopy(join(folder, 'aborted'), (text) => `${text}// another\n`);
    const before = readdirSync(store.folder).sort();
    const abort = new AbortController();
    const onProgress = () => setTimeout(() => abort.abort(), 50);
    const error = await failureOf(buildModel(kernel, { store, signal: abort.signal, onProgress }));
    expect(error.code).toBe('ABORTED');
    expect(readdirSync(store.folder).sort()).toEqual(before);
    expect(readdirSync(join(store.folder, '.locks'))).toEqual([]);
  });

  test('whose ports have another width is refused', async () => {
    const { manifest } = writeBeatCopy(join(folder, 'narrow'));
    const ports = manifest.ports.map((port) => ({ ...port, dataBits: 256 }));
    const names = { interrupt: 'interrupt', fifos: [], watches: [], bits: new Set<string>() };
    expect(() => glueView({ ...manifest, ports }, names)).toThrow(
      'port m_axi_source has 256 data and 64 address bits',
    );
    expect(() => verilatedNames('beat_copy', '    VL_OUT8(&done,0,0);', '')).toThrow(
      'beat_copy: the Verilog has no output called interrupt',
    );
  });
});

describe('the harness', () => {
  test('compiles without a warning', async () => {
    const { manifest, folder: kernel } = writeBeatCopy(join(folder, 'clean'));
    const verilated = join(folder, 'verilated');
    const sources = manifest.artefacts.map(({ path }) => join(kernel, path));
    const flags = ['--cc', '-Wno-SYMRSVDWORD', '--prefix', 'Vtop', '-Mdir', verilated];
    await runTool('verilator', [...flags, '--top-module', 'beat_copy', ...sources]);
    const { stdout } = await runTool('verilator', ['--getenv', 'VERILATOR_ROOT']);
    const top = readFileSync(join(verilated, 'Vtop.h'), 'utf8');
    const glue = renderGlue(glueView(manifest, verilatedNames('beat_copy', top, '')));
    const include = [`-I${verilated}`, `-I${harnessFolder()}`, '-isystem', `${stdout}/include`];
    const checks = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-DVM_TRACE=0', '-fsyntax-only'];
    await runTool('g++', [...checks, ...include, '-x', 'c++', '-'], { input: glue });
    expect(await toolVersion('verilator')).toMatch(/^Verilator \d/);
  });
});
