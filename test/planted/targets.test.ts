import { describe } from 'vitest';
import { expectCaught } from './expect-caught.ts';
import { axiRules } from './mutations/axi-rules.ts';
import { hlsCpp } from './mutations/hls-cpp.ts';
import { kernelTop } from './mutations/kernel-top.ts';
import { schedule } from './mutations/schedule.ts';
import { verilog } from './mutations/verilog.ts';
import { verilogLibrary } from './mutations/verilog-library.ts';

describe('a fault of the emitted C++ and Verilog is caught', () => {
  describe('C++', () => expectCaught(hlsCpp));
  describe('Verilog', () => expectCaught(schedule, verilog, kernelTop));
  describe('the library', () => expectCaught(verilogLibrary));
  describe("AXI's rules", () => expectCaught(axiRules));
});
