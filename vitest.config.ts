import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // The same names as package.json's exports, but from source: tests need no build.
    alias: [
      { find: /^tilewright\/language$/, replacement: source('./codegen/language/index.ts') },
      { find: /^tilewright\/codegen$/, replacement: source('./codegen/index.ts') },
      { find: /^tilewright\/sim$/, replacement: source('./sim/index.ts') },
      { find: /^tilewright$/, replacement: source('./host/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Processes, not threads: onnxruntime-node aborts when several worker threads load it, and a
    // crash in native code then ends one test file instead of the whole run.
    pool: 'forks',
    // PoCL would keep every program that a test compiles.
    env: { POCL_KERNEL_CACHE: '0' },
    maxWorkers: 2,
    // Generous, because a test may wait for Verilator or g++ on a busy two-core machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', './test/house/closing-line-reporter.ts'],
  },
});
