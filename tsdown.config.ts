import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    language: 'codegen/language/index.ts',
    codegen: 'codegen/index.ts',
    sim: 'sim/index.ts',
    host: 'host/index.ts',
    cli: 'host/cli/main.ts',
    'compile-child': 'host/device/compile-child.ts',
    'emulation-child': 'host/device/xrt/emulation-child.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outDir: 'dist',
  fixedExtension: true,
  dts: true,
  clean: true,
  // Everything in package.json's dependencies stays outside the bundle (tsdown's default): native
  // add-ons cannot be bundled, and the rest is installed beside it anyway.
  logLevel: 'warn',
});
