export type { Device } from '../device/device.ts';
export type { StageTotal, StreamTimes } from './stage-times.ts';
export { stageNames } from './stage-times.ts';
export type {
  StreamOptions,
  StreamProgress,
  StreamReport,
  TileResult,
  TileStream,
} from './stream.ts';
export { buildTileKernels, stream } from './stream.ts';
export type { TileKernels } from './tile-unit.ts';
export type {
  AggregationKernels,
  StepName,
  StepReport,
  TwoHop,
  TwoHopResult,
} from './two-hop.ts';
export { openTwoHop, totalCycles } from './two-hop.ts';
export { writeMeans } from './write-means.ts';
