export type { EdgeColumn } from './edge-list.ts';
export type { Dataset, Interactions, Split } from './interactions.ts';
export type { DatasetSource, LoadDatasetOptions } from './load-dataset.ts';
export { datasetKinds, loadDataset, parseDatasetSource } from './load-dataset.ts';
export { leastForSplit, splitLeaveLastOut } from './split.ts';
export type { SyntheticOptions } from './synthetic.ts';
export { syntheticDataset } from './synthetic.ts';
export { type SyntheticGraphOptions, syntheticGraph } from './synthetic-graph.ts';
