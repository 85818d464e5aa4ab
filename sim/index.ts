/** Co-simulation: the Verilated kernel, its memory and its registers, driven from Node. */
export {
  type BuildModelOptions,
  type BuiltModel,
  buildModel,
} from './build-model.ts';
export type { IcarusRun } from './icarus-workload.ts';
export { allocateSimBuffer, type SimBuffer } from './memory.ts';
export type {
  PortCycles,
  ProcessActivity,
  ProcessWait,
  SimulationProfile,
  StreamActivity,
} from './profile.ts';
export type { SimArguments } from './register-values.ts';
export { type IcarusOptions, type IcarusResult, runIcarus } from './run-icarus.ts';
export {
  defaultMemory,
  type MemoryModel,
  openSimulator,
  type PortActivity,
  type RunLimits,
  type RunOptions,
  type SimulationResult,
  type Simulator,
  type SimulatorOptions,
} from './simulator.ts';
export { type KernelArtefacts, type SourceText, verilogSources } from './verilog-sources.ts';
