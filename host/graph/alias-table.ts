import type { Csr } from './csr.ts';

/** A probability of 1 in 32 fraction bits; its alias is the neighbour itself, so that nothing is lost. */
const certain = 0xffffffff;

/**
 * Walker's alias table of every list, built as Vose does in time linear in the edges. A draw takes a
 * slot of the list uniformly, then its neighbour with the slot's probability, else the slot's alias.
 * @param weights one a slot of `csr.colIdx`: finite, not negative, not all zero within a list.
 * @returns {probability of 32 fraction bits, alias neighbour} of each edge, as `weighted_sample` reads
 * them, zero-padded to whole 64-byte beats. A neighbour's chance differs from its share of the weights
 * by less than 2^-32 a slot.
 * @throws RangeError for weights that are no weights.
 */
export function buildAliasTable(csr: Csr, weights: ArrayLike<number>): Uint32Array {
  const edges = csr.colIdx.length;
  if (weights.length !== edges) {
    throw new RangeError(`${weights.length} weights for ${edges} edges`);
  }
  const table = new Uint32Array(Math.max(1, Math.ceil((2 * edges) / 16)) * 16);
  for (let node = 0; node < csr.nodes; node++) {
    const begin = csr.rowPtr[node];
    aliasList(csr, weights, node, begin, csr.rowPtr[node + 1] - begin, table);
  }
  return table;
}

function aliasList(
  csr: Csr,
  weights: ArrayLike<number>,
  node: number,
  begin: number,
  degree: number,
  table: Uint32Array,
): void {
  let total = 0;
  for (let slot = 0; slot < degree; slot++) {
    const weight = weights[begin + slot];
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new RangeError(`edge ${begin + slot} of node ${node} has the weight ${weight}`);
    }
    total += weight;
  }
  if (degree > 0 && !(total > 0 && Number.isFinite(total))) {
    throw new RangeError(`the weights of node ${node} add up to ${total}`);
  }
  // What each slot has of its even share: the poor are filled up by the rich, one alias each.
  const share = Float64Array.from(
    { length: degree },
    (_, slot) => (weights[begin + slot] / total) * degree,
  );
  const poor: number[] = [];
  const rich: number[] = [];
  for (let slot = 0; slot < degree; slot++) (share[slot] < 1 ? poor : rich).push(slot);
  const put = (slot: number, probability: number, alias: number): void => {
    table[2 * (begin + slot)] = probability;
    table[2 * (begin + slot) + 1] = csr.colIdx[begin + alias];
  };
  while (poor.length > 0 && rich.length > 0) {
    const slot = poor.pop() ?? 0;
    const from = rich[rich.length - 1];
    put(slot, Math.min(certain, Math.floor(share[slot] * 2 ** 32)), from);
    share[from] -= 1 - share[slot];
    if (share[from] < 1) {
      rich.pop();
      poor.push(from);
    }
  }
  // What is left has its whole share, up to rounding.
  for (const slot of [...poor, ...rich]) put(slot, certain, slot);
}
