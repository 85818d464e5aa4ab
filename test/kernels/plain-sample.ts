/** The samplers of the specification as plain code: what the kernels must give, however they read memory. */

function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

/** The hash that the draws of a node start from. */
export function plainHash(key: number, node: number, hop: number): number {
  return mix(mix(node) + key + Math.imul(hop, 0x9e3779b1));
}

/** Which of `degree` neighbours are drawn, in order. */
export function plainSample(
  degree: number,
  fanout: number,
  replace: number,
  hash: number,
): readonly number[] {
  const draw = (j: number, bound: number) =>
    Number((BigInt(mix(hash + Math.imul(j, 0x9e3779b1))) * BigInt(bound)) >> 32n);
  if (replace === 1) {
    return degree === 0 ? [] : Array.from({ length: fanout }, (_, j) => draw(j, degree));
  }
  if (degree <= fanout) return Array.from({ length: degree }, (_, at) => at);
  const taken: number[] = [];
  for (let j = degree - fanout; j < degree; j++) {
    const t = draw(j, j + 1);
    taken.push(taken.includes(t) ? j : t);
  }
  return taken;
}
