import type { Backend } from './backend.ts';
import { cpuBackend } from './cpu/index.ts';
import { hlsCppBackend } from './hls-cpp/index.ts';
import { openclBackend } from './opencl/index.ts';
import { verilogBackend } from './verilog/index.ts';

/** Every target that `generate` writes. A new one is a folder beside this file and a line here. */
export const backends: readonly Backend[] = [
  hlsCppBackend,
  verilogBackend,
  openclBackend,
  cpuBackend,
];
