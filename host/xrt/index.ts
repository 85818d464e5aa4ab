export { liveHandles } from '../ffi/native-handle.ts';
export { type BufferOptions, XrtBuffer } from './buffer.ts';
export { XrtDevice } from './device.ts';
export {
  type EmulationReport,
  emulationText,
  emulationWanting,
  inspectEmulation,
} from './emulation.ts';
export { type FoundXrt, findXrt } from './find-xrt.ts';
export { XrtKernel } from './kernel.ts';
export {
  hostEnvironment,
  loadXrt,
  modeOf,
  type XrtLibrary,
  type XrtMode,
  xrtEnvironment,
} from './library.ts';
export { type ShimRepair, type XrtPrefix, xrtPrefix } from './prefix.ts';
export { type WaitOptions, XrtRun } from './run.ts';
export type { RunState } from './run-state.ts';
