import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../codegen/support/package-root.ts';

/** What stands in docs/architecture.md: of each room, an import that it may not have and one it may. */
const rooms: Readonly<
  Record<string, { readonly bad: readonly string[]; readonly good: string[] }>
> = {
  kernels: {
    bad: ['../host/graph/csr.ts', '../codegen/index.ts', 'node:fs', 'tilewright', 'tilewright/sim'],
    good: ['tilewright/language'],
  },
  'kernels/parts': {
    bad: ['../../host/graph/csr.ts', '../../codegen/index.ts', 'node:fs', 'tilewright'],
    good: ['tilewright/language', '../neighbor-sample.ts'],
  },
  'codegen/support': { bad: ['../ir/ir.ts', '../../sim/index.ts'], good: ['./errors.ts', 'execa'] },
  'codegen/language': {
    bad: ['../ir/ir.ts', '../frontend/x.ts', 'ts-morph', 'tilewright/codegen'],
    good: ['./integers.ts', '../support/errors.ts'],
  },
  'codegen/frontend': {
    bad: ['../passes/x.ts', '../backends/verilog/x.ts', '../package/manifest.ts', '../index.ts'],
    good: ['../language/index.ts', '../ir/ir.ts', '../support/errors.ts', 'ts-morph'],
  },
  'codegen/ir': {
    bad: ['../language/index.ts', '../frontend/x.ts', 'ts-morph'],
    good: ['../support/errors.ts'],
  },
  'codegen/passes': {
    bad: ['../frontend/x.ts', '../backends/verilog/x.ts', '../language/index.ts', 'ts-morph'],
    good: ['../ir/ir.ts', '../support/errors.ts'],
  },
  'codegen/backends/verilog': {
    bad: ['../../frontend/x.ts', '../../passes/x.ts', '../hls-cpp/x.ts', '../../language/index.ts'],
    good: ['../../ir/ir.ts', '../../support/errors.ts', '../backend.ts', 'handlebars'],
  },
  'codegen/package': {
    bad: ['../frontend/x.ts', '../../sim/index.ts', '../backends/verilog/x.ts'],
    good: ['../ir/ir.ts', '../support/errors.ts'],
  },
  'codegen/package/xclbin': {
    bad: ['../../frontend/x.ts', '../../../sim/index.ts', '../../index.ts', '../vitis/x.ts'],
    good: ['../platform.ts', '../../support/errors.ts', 'adm-zip'],
  },
  'codegen/package/xclbin/sections': {
    bad: ['../../../frontend/x.ts', '../../../index.ts', '../../../../sim/index.ts'],
    good: ['../section-reader.ts', '../../platform.ts', '../../../support/errors.ts'],
  },
  sim: {
    bad: ['../codegen/ir/ir.ts', '../codegen/index.ts', '../host/device/device.ts', 'tilewright'],
    good: ['../codegen/package/manifest.ts', '../codegen/support/errors.ts', 'koffi'],
  },
  'sim/emulation': {
    bad: ['../../codegen/ir/ir.ts', '../../codegen/index.ts', '../../host/device/device.ts'],
    good: ['../build-model.ts', '../../codegen/package/platform.ts', '../../codegen/support/x.ts'],
  },
  'host/ffi': {
    bad: ['../device/device.ts', '../../sim/index.ts', '../../codegen/package/manifest.ts'],
    good: ['../../codegen/support/errors.ts', 'koffi'],
  },
  'host/xrt': {
    bad: ['../device/device.ts', '../../sim/index.ts', '../../codegen/package/manifest.ts'],
    good: ['../ffi/native-handle.ts', '../../codegen/support/errors.ts', 'koffi'],
  },
  'host/opencl': {
    bad: ['../device/device.ts', '../../sim/index.ts', '../../codegen/package/manifest.ts'],
    good: ['../ffi/native-handle.ts', '../../codegen/support/errors.ts', 'koffi'],
  },
  'host/device': {
    bad: ['../graph/csr.ts', '../cli/command.ts', '../../codegen/ir/ir.ts'],
    good: ['../../sim/index.ts', '../../codegen/package/manifest.ts', 'koffi'],
  },
  'host/device/hls': {
    bad: ['../native/native-device.ts', '../../graph/csr.ts'],
    good: ['../library/library-device.ts', '../device.ts'],
  },
  'host/device/sim': {
    bad: ['../../graph/csr.ts', '../../cli/command.ts', '../../../codegen/ir/ir.ts'],
    good: ['../device.ts', '../../../sim/index.ts', '../../../codegen/support/errors.ts'],
  },
  'host/graph': {
    bad: ['../device/device.ts', '../dataset/index.ts', '../../codegen/package/manifest.ts'],
    good: ['../../codegen/support/errors.ts'],
  },
  'host/stream': {
    bad: ['../recommender/x.ts', '../../sim/index.ts', '../../codegen/package/manifest.ts'],
    good: ['../device/device.ts', '../graph/csr.ts', '../../codegen/support/errors.ts'],
  },
  'host/onnx': {
    bad: ['../encoder/x.ts', '../device/device.ts', '../../sim/index.ts'],
    good: ['../../codegen/support/errors.ts', 'onnxruntime-node'],
  },
  'host/encoder': {
    bad: ['../device/device.ts', '../dataset/index.ts', '../recommender/x.ts'],
    good: ['../onnx/x.ts', '../../codegen/support/errors.ts'],
  },
  'host/dataset': {
    bad: ['../device/device.ts', '../recommender/x.ts', '../encoder/x.ts'],
    good: ['../graph/csr.ts', '../../codegen/support/errors.ts'],
  },
  'host/recommender': {
    bad: ['../cli/command.ts', '../../sim/index.ts', '../../codegen/index.ts'],
    good: ['../graph/csr.ts', '../stream/x.ts', '../encoder/x.ts', '../dataset/index.ts'],
  },
  'host/synth': {
    bad: [
      '../recommender/x.ts',
      '../cli/command.ts',
      '../cosim/cosim.ts',
      '../../codegen/ir/ir.ts',
    ],
    good: ['../device/built-kernel.ts', '../../sim/index.ts', '../../codegen/index.ts'],
  },
  'host/cosim': {
    bad: ['../recommender/x.ts', '../cli/command.ts', '../../codegen/ir/ir.ts'],
    good: ['../device/device.ts', '../../sim/index.ts', '../../codegen/package/manifest.ts'],
  },
  'host/profile': {
    bad: ['../recommender/x.ts', '../cli/command.ts', '../../codegen/index.ts'],
    good: ['../cosim/cosim.ts', '../../sim/index.ts', '../../codegen/package/manifest.ts'],
  },
};

/** Free to import any room: it wires them. */
const unruled = ['host/cli'];

interface LintReport {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string };
  }[];
}

const folder = mkdtempSync(join(tmpdir(), 'tilewright-rules-'));
const offenders = new Set<string>();

function fileOf(room: string, kind: 'bad' | 'good', index: number): string {
  return `${room}/${kind}-${index}.ts`;
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

beforeAll(async () => {
  // The real rules, in a folder of their own: a file that breaks one never lies in the checkout.
  const rules = JSON.parse(readFileSync(join(packageRoot(), 'biome.json'), 'utf8'));
  delete rules.$schema;
  delete rules.vcs;
  put('biome.json', JSON.stringify(rules));
  for (const [room, { bad, good }] of Object.entries(rooms)) {
    for (const [kind, imports] of [['bad', bad] as const, ['good', good] as const]) {
      for (const [index, source] of imports.entries()) {
        put(fileOf(room, kind, index), `export * from '${source}';\n`);
      }
    }
  }
  const biome = join(packageRoot(), 'node_modules/.bin/biome');
  const { stdout } = await execa(
    biome,
    ['lint', '--reporter=json', '--max-diagnostics=none', '.'],
    {
      cwd: folder,
      reject: false,
    },
  );
  const report: LintReport = JSON.parse(stdout);
  for (const { category, location } of report.diagnostics) {
    if (category === 'lint/style/noRestrictedImports') offenders.add(location.path);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.keys(rooms))('the linter keeps %s to its imports', (room) => {
  const { bad, good } = rooms[room];
  const caught = bad.filter((_source, index) => offenders.has(fileOf(room, 'bad', index)));
  expect(caught).toEqual(bad);
  const refused = good.filter((_source, index) => offenders.has(fileOf(room, 'good', index)));
  expect(refused).toEqual([]);
});

test('every room has a rule', () => {
  const found: string[] = [];
  for (const parent of ['codegen', 'host']) {
    for (const entry of readdirSync(join(packageRoot(), parent), { withFileTypes: true })) {
      if (entry.isDirectory()) found.push(`${parent}/${entry.name}`);
    }
  }
  const ruled = [...Object.keys(rooms), ...unruled];
  expect(found.filter((room) => !ruled.some((name) => `${name}/`.startsWith(`${room}/`)))).toEqual(
    [],
  );
});
