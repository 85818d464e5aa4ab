/** A place of a sample that holds no neighbour (specification, "neighbor_sample"). */
export const absentId = 0xffffffff;
/** Ids of a 64-byte beat; a row of ids is whole beats. */
export const idsABeat = 16;
