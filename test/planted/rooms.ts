import type { Room } from './mutation.ts';
import { axiRules } from './mutations/axi-rules.ts';
import { frontEnd } from './mutations/front-end.ts';
import { hlsCpp } from './mutations/hls-cpp.ts';
import { kernelTop } from './mutations/kernel-top.ts';
import { languageRoom } from './mutations/language.ts';
import { passRoom } from './mutations/passes.ts';
import { schedule } from './mutations/schedule.ts';
import { verilog } from './mutations/verilog.ts';
import { verilogLibrary } from './mutations/verilog-library.ts';

/** Every fault that is planted, by the part of the code that it is in. */
export const rooms: readonly Room[] = [
  languageRoom,
  frontEnd,
  passRoom,
  schedule,
  hlsCpp,
  verilog,
  kernelTop,
  verilogLibrary,
  axiRules,
];
