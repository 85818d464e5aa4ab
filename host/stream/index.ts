export type { Device } from '../device/device.ts';
export type {
  AggregationKernels,
  StepName,
  StepReport,
  TwoHop,
  TwoHopResult,
} from './two-hop.ts';
export { absentId, openTwoHop, totalCycles } from './two-hop.ts';
