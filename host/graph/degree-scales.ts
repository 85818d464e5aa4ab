import type { Csr } from './csr.ts';

/**
 * 1 / √degree of every node with 15 fraction bits, rounded: `gcn_aggregate`'s scales. A node without
 * neighbours has the scale of one with one.
 * @param selfLoops true counts each node as a neighbour of its own (A + I).
 */
export function degreeScales(csr: Csr, selfLoops = false): Uint16Array {
  return Uint16Array.from({ length: csr.nodes }, (_, node) => {
    const degree = csr.rowPtr[node + 1] - csr.rowPtr[node] + (selfLoops ? 1 : 0);
    return Math.round(2 ** 15 / Math.sqrt(Math.max(1, degree)));
  });
}
