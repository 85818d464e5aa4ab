import type { Command } from '../command.ts';
import build from './build.ts';
import clean from './clean.ts';
import cosim from './cosim.ts';
import data from './data.ts';
import demo from './demo.ts';
import doctor from './doctor.ts';
import env from './env.ts';
import evaluate from './evaluate.ts';
import explain from './explain.ts';
import generate from './generate.ts';
import graph from './graph.ts';
import inspect from './inspect.ts';
import kernels from './kernels.ts';
import newKernel from './new.ts';
import profile from './profile.ts';
import recommend from './recommend.ts';
import stream from './stream.ts';
import synth from './synth.ts';

/** Every command, in the order `tilewright --help` shows them. Adding one: its file, and a line here. */
export const commands: readonly Command[] = [
  kernels,
  newKernel,
  generate,
  explain,
  build,
  inspect,
  cosim,
  profile,
  synth,
  graph,
  stream,
  data,
  recommend,
  evaluate,
  demo,
  doctor,
  env,
  clean,
];
