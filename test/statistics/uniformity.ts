import { goodnessOfFit, inclusionP, overlapChances, pairInclusionP } from './chi-square.ts';
import { type Evidence, never } from './evidence.ts';
import { drawSamples, listsOf, nodes, type Sample, type Sampler } from './run-sampler.ts';

/** Draws that a neighbour, or a bin of neighbours, should have. */
const draws = 8;

export interface Uniformity {
  readonly fanout: number;
  readonly replace: 0 | 1;
  readonly degrees: readonly number[];
  /** Samples of each degree with each key. */
  readonly rows: number;
  readonly keys: readonly number[];
}

/** Samples of every degree: by degree, over all keys and some hops. */
function samplesByDegree(sampler: Sampler, { fanout, replace, degrees, rows, keys }: Uniformity) {
  const lists = listsOf(degrees);
  const found = degrees.map((): Sample[] => []);
  for (const [at, key] of keys.entries()) {
    const drawn = drawSamples(sampler, {
      parameters: { fanout, replace },
      lists,
      seeds: nodes(rows * degrees.length),
      key,
      hop: 1 + (at % 3),
    });
    for (const sample of drawn) found[sample.list].push(sample);
  }
  return found;
}

/** Every neighbour is drawn as often as any other, over a spread of degrees, and nothing else is. */
export function uniformity(sampler: Sampler, given: Uniformity): Evidence[] {
  const { fanout, replace, degrees } = given;
  const what = `fanout ${fanout}${replace === 1 ? ' with replacement' : ''}`;
  return samplesByDegree(sampler, given).flatMap((samples, list) => {
    const degree = degrees[list];
    const name = `${what}, degree ${degree}`;
    return [
      ...promises(name, samples, fanout, replace),
      ...(replace === 0 && degree <= fanout ? [] : inclusion(name, samples, fanout, replace)),
    ];
  });
}

/** What holds for each sample alone. */
export function promises(
  name: string,
  samples: readonly Sample[],
  fanout: number,
  replace: number,
): Evidence[] {
  const size = (degree: number) =>
    degree > 0 && replace === 1 ? fanout : Math.min(fanout, degree);
  const evidence = [
    never(
      `${name}: another number of draws`,
      samples.some(({ drawn, degree }) => drawn.length !== size(degree)),
    ),
    never(
      `${name}: outside of the list`,
      samples.some(({ drawn }) => drawn.some((at) => Number.isNaN(at))),
    ),
  ];
  if (replace === 1) return evidence;
  return [
    ...evidence,
    never(
      `${name}: a neighbour twice`,
      samples.some(({ drawn }) => new Set(drawn).size !== drawn.length),
    ),
    never(
      `${name}: a short list out of order`,
      samples.some(({ drawn, degree }) => degree <= fanout && drawn.some((at, i) => at !== i)),
    ),
  ];
}

/** Neighbours of a list that is drawn from, one by one or in bins where draws are few. */
export function inclusion(
  name: string,
  samples: readonly Sample[],
  fanout: number,
  replace: number,
): Evidence[] {
  const [{ degree }] = samples;
  if (degree < 2) return [];
  const bins = Math.min(degree, Math.floor((samples.length * fanout) / draws));
  // With replacement the draws are multinomial: as one draw a sample.
  const each = replace === 1 ? 1 : fanout;
  const by = (bin: (at: number) => number) => {
    const sizes = new Float64Array(bins);
    for (let at = 0; at < degree; at++) sizes[bin(at)] += 1;
    const counts = new Float64Array(bins);
    for (const { drawn } of samples) for (const at of drawn) counts[bin(at)] += 1;
    return inclusionP(counts, sizes, each);
  };
  const near = { name: `${name}: inclusion`, p: by((at) => Math.floor((at * bins) / degree)) };
  if (bins === degree) return [near];
  return [near, { name: `${name}: inclusion by remainder`, p: by((at) => at % bins) }];
}

/**
 * Small lists, of which every subset can be counted: each is as likely as any other, which is all that
 * sampling without replacement promises, pairs and triples included. The order of a sample is
 * Floyd's, no random one: the i-th draw has j = d − k + i, is any x < j with the chance
 * (1 − i/j)/(j + 1), and j itself with what is left, (1 + i)/(j + 1).
 */
export function subsets(sampler: Sampler, rows: number, keys: readonly number[]): Evidence[] {
  const shapes = [
    { degree: 4, fanout: 2 },
    { degree: 5, fanout: 3 },
    { degree: 6, fanout: 3 },
    { degree: 8, fanout: 4 },
    { degree: 9, fanout: 5 },
  ];
  return shapes.flatMap(({ degree, fanout }) => {
    const given = { fanout, replace: 0 as const, degrees: [degree], rows, keys };
    const [samples] = samplesByDegree(sampler, given);
    const name = `fanout ${fanout}, degree ${degree}`;
    const counts = new Float64Array(1 << degree);
    for (const { drawn } of samples) counts[drawn.reduce((set, at) => set | (1 << at), 0)] += 1;
    const possible = [...counts.keys()].filter((set) => bitsOf(set) === fanout);
    const inside = possible.map((set) => counts[set]);
    const orders = Array.from({ length: fanout }, (_, i) => {
      const j = degree - fanout + i;
      const chances = Array.from({ length: degree }, (_, at) =>
        at < j ? (1 - i / j) / (j + 1) : at === j ? (1 + i) / (j + 1) : 0,
      );
      const at = new Float64Array(degree);
      for (const { drawn } of samples) at[drawn[i]] += 1;
      return { name: `${name}: position ${i}`, p: goodnessOfFit(at, chances) };
    });
    return [
      never(`${name}: no subset`, inside.reduce((sum, count) => sum + count, 0) < samples.length),
      {
        name: `${name}: subsets`,
        p: goodnessOfFit(
          inside,
          inside.map(() => 1 / inside.length),
        ),
      },
      ...orders,
    ];
  });
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let left = set; left > 0; left &= left - 1) bits += 1;
  return bits;
}

/** Longer lists: every pair of neighbours is drawn together as often as any other. */
export function pairs(sampler: Sampler, given: Uniformity): Evidence[] {
  const { fanout, degrees } = given;
  return samplesByDegree(sampler, given).map((samples, list) =>
    pairEvidence(`fanout ${fanout}, degree ${degrees[list]}`, samples, fanout),
  );
}

export function pairEvidence(name: string, samples: readonly Sample[], fanout: number): Evidence {
  const drawn = samples.map((sample) => sample.drawn);
  return { name: `${name}: pairs`, p: pairInclusionP(drawn, fanout, samples[0].degree) };
}

/** Of samples with replacement: each draw alone, and whether it depends on the one before. */
export function successive(
  sampler: Sampler,
  fanout: number,
  degree: number,
  given: Pick<Uniformity, 'rows' | 'keys'>,
): Evidence[] {
  const [samples] = samplesByDegree(sampler, { fanout, replace: 1, degrees: [degree], ...given });
  const even = new Float64Array(degree * degree);
  const odd = new Float64Array(degree * degree);
  // Of draws 0 and 1, 2 and 3, …; and of 1 and 2, 3 and 4, …: no draw is in two pairs of a table.
  for (const { drawn } of samples) {
    for (let at = 1; at < drawn.length; at++) {
      (at % 2 === 1 ? even : odd)[drawn[at - 1] * degree + drawn[at]] += 1;
    }
  }
  const name = `fanout ${fanout} with replacement, degree ${degree}`;
  const same = Array.from(even, () => 1 / even.length);
  return [
    { name: `${name}: draws 0 and 1, 2 and 3, …`, p: goodnessOfFit(even, same) },
    { name: `${name}: draws 1 and 2, 3 and 4, …`, p: goodnessOfFit(odd, same) },
  ];
}

/** Whether two samples of each row have as much in common as two independent ones. */
export function overlap(
  name: string,
  first: readonly Sample[],
  second: readonly Sample[],
  fanout: number,
): Evidence {
  const counts = new Float64Array(fanout + 1);
  for (const [row, { drawn }] of first.entries()) {
    const other = new Set(second[row].drawn);
    counts[drawn.filter((at) => other.has(at)).length] += 1;
  }
  return { name, p: goodnessOfFit(counts, overlapChances(fanout, first[0].degree)) };
}
