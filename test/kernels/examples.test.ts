import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../codegen/index.ts';
import { eachArgument } from '../../codegen/language/index.ts';
import { goldenKernel } from './golden-run.ts';

/**
 * What each example kernel promises, written plainly, against the kernel's TypeScript. test/equality
 * carries the result over to every other target.
 */
type Numbers = ArrayLike<number>;
// biome-ignore lint/suspicious/noExplicitAny: every kernel's workload has fields of its own
type Drawn = any;
type Outputs = Readonly<Record<string, readonly (number | bigint)[]>>;

/** The outputs of a workload; an output may be shorter than its memory where the rest is unwritten. */
const references: Readonly<Record<string, (drawn: Drawn, p: Drawn) => Outputs>> = {
  'vector-add': ({ a, b, length }) => ({
    c: Array.from({ length }, (_, i) => (a[i] + b[i]) | 0),
  }),
  'dot-product': ({ a, b, length }) => {
    let total = 0n;
    for (let i = 0; i < length; i++) total += BigInt(a[i] * b[i]);
    return { result: [total] };
  },
  'fir-filter': ({ coefficients, samples, length }, { taps }) => ({
    filtered: Array.from({ length }, (_, i) => {
      let total = 0;
      for (let t = 0; t < taps && t <= i; t++) total += coefficients[t] * samples[i - t];
      return Math.min(32767, Math.max(-32768, Math.floor((total + 16384) / 32768)));
    }),
  }),
  'prefix-sum': ({ values, length }) => {
    let total = 0;
    return {
      sums: Array.from({ length }, (_, i) => {
        total = (total + values[i]) >>> 0;
        return total;
      }),
    };
  },
  stencil: ({ line, length }) => ({
    smooth: Array.from({ length }, (_, i) => {
      const before = line[Math.max(0, i - 1)];
      const after = line[Math.min(length - 1, i + 1)];
      return Math.floor((before + 2 * line[i] + after + 2) / 4);
    }),
  }),
  'bitonic-sort': ({ values, length }) => {
    const sorted: number[] = [];
    for (let i = 0; i < length; i += 16) sorted.push(...values.slice(i, i + 16).sort());
    return { sorted };
  },
  'row-max-pool': ({ matrix, rows }, { window, rowBeats }) => {
    const rowLanes = rowBeats * 64;
    const pooled: number[] = [];
    for (let first = 0; first < rows; first += window) {
      for (let lane = 0; lane < rowLanes; lane++) {
        let most = -128;
        for (let row = first; row < Math.min(rows, first + window); row++) {
          most = Math.max(most, matrix[row * rowLanes + lane]);
        }
        pooled.push(most);
      }
    }
    return { pooled };
  },
  'top-k': ({ values, length }, { k }) => {
    const order = Array.from({ length }, (_, i) => i)
      .sort((i, j) => values[j] - values[i] || i - j)
      .slice(0, k);
    const rest = (value: number) => Array<number>(k - order.length).fill(value);
    return {
      best: [...order.map((i) => values[i] as number), ...rest(-(2 ** 31))],
      position: [...order, ...rest(0xffffffff)],
    };
  },
  'run-length-encode': ({ values }) => {
    const runs: [number, number][] = [];
    for (const value of values as Numbers & Iterable<number>) {
      const last = runs.at(-1);
      if (last !== undefined && last[0] === value) last[1] += 1;
      else runs.push([value, 1]);
    }
    return { runs: runs.flat(), total: [runs.length] };
  },
  spmv: ({ rowPtr, columns, values, x, rows }) => ({
    y: Array.from({ length: rows }, (_, row) => {
      let total = 0n;
      for (let k = rowPtr[row]; k < rowPtr[row + 1]; k++) {
        total += BigInt(values[k] * x[columns[k]]);
      }
      return total;
    }),
  }),
  histogram: ({ values }) => {
    const counts = Array<number>(256).fill(0);
    for (const value of values) counts[value] += 1;
    return { counts };
  },
  'hash-join': ({ keys, payloads, probes, buildSize }, { buckets }) => {
    const table = new Map<number, [number, number][]>();
    let dropped = 0;
    const entries = (key: number) => {
      const bucket = (Math.imul(key, 0x9e3779b1) >>> 0) >>> (32 - Math.log2(buckets));
      const known = table.get(bucket) ?? [];
      table.set(bucket, known);
      return known;
    };
    for (let i = 0; i < buildSize; i++) {
      const bucket = entries(keys[i]);
      if (bucket.unshift([keys[i], payloads[i]]) > 4) {
        bucket.pop();
        dropped += 1;
      }
    }
    const look = (key: number) => entries(key).find(([one]) => one === key)?.[1] ?? 0xffffffff;
    return { matches: Array.from(probes as Numbers, look), dropped: [dropped] };
  },
};

const folder = join(import.meta.dirname, '../../examples/kernels');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'));

const elements = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  u64: BigUint64Array,
  i64: BigInt64Array,
};

describe.each(names)('%s', (name) => {
  it('does what its comment says', async () => {
    const { definition, run } = await goldenKernel(join(folder, `${name}.ts`));
    const reference = references[name];
    const p = Object.fromEntries(
      Object.entries(definition.parameters).map(([key, one]) => [key, one.default]),
    );
    for (const size of [0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129, 500]) {
      const drawn = definition.workload(p, seededRandom(size), size) as Drawn;
      const inputs = { ...drawn };
      const outputs: Record<string, ArrayBufferView & ArrayLike<number | bigint>> = {};
      for (const [key, argument] of eachArgument(definition.arguments(p))) {
        if (argument.kind !== 'write') continue;
        const Elements = elements[argument.element.text as keyof typeof elements];
        outputs[key] = new Elements(drawn[key]);
        delete inputs[key];
      }
      run(p, inputs, outputs);
      for (const [key, expected] of Object.entries(reference(drawn, p))) {
        const found = Array.from(outputs[key]).slice(0, expected.length);
        expect({ size, [key]: found }).toEqual({ size, [key]: expected });
      }
    }
  });
});
