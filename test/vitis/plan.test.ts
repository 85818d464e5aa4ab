import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConnectivity } from '../../codegen/package/connectivity.ts';
import type { HwPlan } from '../../codegen/package/vitis/hw-plan.ts';
import { planHw } from '../../codegen/package/vitis/plan-hw.ts';
import { writePlanInto } from '../../codegen/package/vitis/run-plan.ts';
import { runTool } from '../../codegen/support/run-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { design, gainKernel } from './gain-kernel.ts';

/**
 * What is written for Vitis, for a person to read beside its manuals: nothing here was run through Vitis.
 * `UPDATE_GOLDEN=1 npx vitest run test/vitis/plan.test.ts` writes it anew.
 */
const { folder } = temporaryFolder();
const kernel = await gainKernel(join(folder, 'gain'));
const connectivity = parseConnectivity(
  `platform_debug=off
[connectivity]
nk=gain:2:left,right
sp=left.input:HBM[0:3]
sp=left.output:HBM[4]
sp=right.m_axi_input:HBM[8]
slr=left:SLR0
[vivado]
prop=run.impl_1.strategy=Performance_Explore
`,
  'card.cfg',
);

const plans: Readonly<Record<string, HwPlan>> = {
  rtl: planHw(design(kernel, 'rtl', 2023, 2)),
  'hls-tcl': planHw(design(kernel, 'hls', 2023, 2)),
  'hls-config': planHw(design(kernel, 'hls', 2024, 2)),
  'hls-config-2026': planHw(design(kernel, 'hls', 2026, 1)),
  units: planHw(design(kernel, 'rtl', 2024, 2, connectivity)),
  'units-2021': planHw(design(kernel, 'rtl', 2021, 2, connectivity)),
};

/** Only what differs from the plan before: the wrapper and the script of every RTL build are the same. */
const golden = [
  ['rtl', ['gain/package_kernel.tcl', 'gain/rtl/gain_kernel.v', 'connectivity.cfg', 'build.sh']],
  ['hls-tcl', ['gain/run_hls.tcl', 'build.sh']],
  ['hls-config', ['gain/hls_config.cfg', 'build.sh']],
  ['hls-config-2026', ['gain/hls_config.cfg']],
  ['units', ['connectivity.cfg']],
  ['units-2021', ['connectivity.cfg']],
] as const;

describe.each(golden)('%s', (name, files) => {
  test.each(files)('%s', (file) => {
    const text = plans[name]?.files.get(file) ?? '';
    expect(text).not.toBe('');
    const path = join(import.meta.dirname, 'golden', name, `${file.replaceAll('/', '-')}.golden`);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    expect(text).toBe(readFileSync(path, 'utf8'));
  });
});

test('the same design gives the same plan, and no path of this machine is in its files', () => {
  const again = planHw(design(kernel, 'rtl', 2023, 2));
  expect([...again.files]).toEqual([...(plans['rtl']?.files ?? [])]);
  for (const text of again.files.values()) {
    expect(text).not.toContain(folder);
    expect(text.endsWith('\n')).toBe(true);
  }
});

test('several kernels are linked into one binary', () => {
  const other = { ...kernel, manifest: { ...kernel.manifest, kernel: 'louder' }, count: 2 };
  const { commands, files, xclbin } = planHw({
    ...design(kernel, 'hls', 2024, 2),
    kernels: [kernel, other],
  });
  expect(xclbin).toBe('gain+louder.xclbin');
  expect(files.get('connectivity.cfg')).toContain('nk=gain:1\nnk=louder:2\n');
  expect(commands.at(-1)?.args.slice(-3)).toEqual([
    'gain+louder.xclbin',
    'gain/work/gain.xo',
    'louder/work/louder.xo',
  ]);
});

test('a platform whose board is not known takes --part, and only for HLS', () => {
  const unknown = { ...design(kernel, 'hls', 2024, 2), platform: '/here/my_board_1.xpfm' };
  expect(() => planHw(unknown)).toThrow(expect.objectContaining({ code: 'VITIS_PART' }));
  expect(planHw({ ...unknown, part: 'xc7z020' }).files.get('gain/hls_config.cfg')).toContain(
    'part=xc7z020\n',
  );
  expect(planHw({ ...unknown, from: 'rtl' }).commands.at(-1)?.args).toContain(
    '/here/my_board_1.xpfm',
  );
});

describe('the packaged module', () => {
  const written = join(folder, 'written');

  test('has the ports of the kernel, whose interrupt it renames', async () => {
    await writePlanInto(plans['rtl'] as HwPlan, written);
    const ports = (file: string) => {
      const text = readFileSync(join(written, 'gain/rtl', file), 'utf8');
      const head = text.slice(text.indexOf('module gain'), text.indexOf(');'));
      const found = head.matchAll(/^\s*(input|output)\s+wire\s*(\[\d+:\d+\])?\s*(\w+),?$/gm);
      return [...found]
        .map(([, direction, range = '', name]) => `${direction} ${range} ${name}`)
        .sort();
    };
    expect(ports('gain_kernel.v').length).toBeGreaterThan(40);
    expect(ports('gain_kernel.v')).toEqual(
      ports('gain.v')
        .map((port) => port.replace('ap_interrupt', 'interrupt'))
        .sort(),
    );
  });

  test('elaborates with the Verilog around which it stands', async () => {
    const rtl = join(written, 'gain/rtl');
    const sources = [...(plans['rtl']?.copies.keys() ?? []), 'gain/rtl/gain_kernel.v']
      .filter((file) => file.endsWith('.v'))
      .map((file) => join(written, file));
    const icarus = ['-Wall', '-tnull', '-s', 'gain_kernel', ...sources];
    expect(await runTool('iverilog', icarus)).toEqual({ stdout: '', stderr: '' });
    // The one warning that the wrapper is there to make: `interrupt` is a word of C++.
    const lint = ['--lint-only', '-Wall', '-Wno-SYMRSVDWORD', '-Wno-DECLFILENAME'];
    const args = [...lint, '--top-module', 'gain_kernel', ...sources];
    expect(await runTool('verilator', args, { cwd: rtl })).toMatchObject({ stderr: '' });
  });

  test('its script is sound Tcl, and asks the packager for every interface and register', async () => {
    // Yosys has a Tcl interpreter; the packager's commands only tell that they were called.
    const stub = `
rename exit leave
proc exit {args} { puts {exit}; leave }
proc unknown {args} { puts $args; if {[string match *get_bus_interfaces* $args]} { return bus }; return {} }
proc add_files {option files} { foreach file $files { if {![file exists $file]} { error "no $file" } } }
source package_kernel.tcl
`;
    writeFileSync(join(written, 'gain/stub.tcl'), stub);
    const { stdout } = await runTool('yosys', ['-q', '-c', 'stub.tcl'], {
      cwd: join(written, 'gain'),
    });
    for (const bus of ['s_axi_control', 'm_axi_input', 'm_axi_output']) {
      expect(stdout).toContain(`ipx::associate_bus_interfaces -busif ${bus} -clock ap_clk`);
    }
    for (const { name } of kernel.manifest.arguments) {
      expect(stdout).toContain(`ipx::add_register ${name} `);
    }
    expect(stdout).toContain(
      'package_xo -force -xo_path gain.xo -kernel_name gain -ip_directory ip',
    );
    expect(stdout.trimEnd().endsWith('exit')).toBe(true);
  });
});
