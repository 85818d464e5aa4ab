/** The host runtime: kernels on devices, graphs, data, text embeddings, recommendations. */

export { parseConnectivity } from '../codegen/package/connectivity.ts';
export type { Manifest } from '../codegen/package/manifest.ts';
export { readXclbin, type Xclbin } from '../codegen/package/xclbin/read-xclbin.ts';
export {
  summariseXclbin,
  type XclbinSummary,
} from '../codegen/package/xclbin/summarise-xclbin.ts';
export { TilewrightError } from '../codegen/support/errors.ts';
export { type CosimOptions, type CosimResult, cosim } from './cosim/cosim.ts';
export * from './dataset/index.ts';
export { buildKernel, readManifest } from './device/build-kernel.ts';
export {
  type BuildXclbinOptions,
  type BuiltXclbin,
  buildHwEmu,
  type XclbinKernel,
} from './device/build-xclbin.ts';
export type { BuiltKernel } from './device/built-kernel.ts';
export type {
  Device,
  DeviceBuffer,
  KernelArguments,
  LoadedKernel,
  PortReport,
  RunReport,
} from './device/device.ts';
export { type DeviceOptions, deviceNames, openDevice } from './device/open-device.ts';
export * from './encoder/index.ts';
export { buildAliasTable } from './graph/alias-table.ts';
export {
  type BipartiteCsr,
  type BipartiteEdges,
  buildCsr,
  type Csr,
  type DeviceCsr,
  deviceCsr,
} from './graph/csr.ts';
export { degreeScales } from './graph/degree-scales.ts';
export {
  type GraphArrays,
  type GraphHeader,
  type GraphSource,
  type OpenGraphOptions,
  openGraph,
} from './graph/graph-source.ts';
export { type PlanOptions, planTiles, type Tile, type TilePlan } from './graph/plan-tiles.ts';
export { type Quantised, type QuantiseOptions, quantise } from './graph/quantise.ts';
export {
  type NodeOrder,
  type ReorderOptions,
  type ReorderProgress,
  reorderGraph,
} from './graph/reorder.ts';
export { type SeedLists, seedLists } from './graph/seed-lists.ts';
export { type GraphPart, writeGraph } from './graph/write-graph.ts';
export * from './recommender/index.ts';
export {
  type AggregationKernels,
  openTwoHop,
  type StageTotal,
  type StepReport,
  type StreamOptions,
  type StreamProgress,
  type StreamReport,
  type StreamTimes,
  stream,
  type TileKernels,
  type TileResult,
  type TileStream,
  type TwoHop,
  type TwoHopResult,
  totalCycles,
  writeMeans,
} from './stream/index.ts';
