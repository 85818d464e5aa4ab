/** One user's rating of one item. Indices are dense, 0-based; the original ids are in `Dataset`. */
export interface Interactions {
  /** Length: number of interactions. */
  readonly user: Uint32Array;
  readonly item: Uint32Array;
  /** As in the source, e.g. 0.5 … 5; 1 where the source has none. */
  readonly rating: Float32Array;
  /** Seconds since the epoch; the row number where the source has none. */
  readonly time: Float64Array;
}

export interface Dataset {
  readonly name: string;
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** Per item, '' where unknown. */
  readonly titles: readonly string[];
  /** Per item, e.g. `Comedy|Drama`, '' where unknown. */
  readonly genres: readonly string[];
  readonly interactions: Interactions;
}

/** Row numbers into `dataset.interactions`. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}
