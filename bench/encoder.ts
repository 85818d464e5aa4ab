// The default text encoder: milliseconds a text alone, texts a second in batches, and beside them in the
// same run the limit: the model's own matrix products and nothing else, in ONNX Runtime too.
//
//   npx jiti bench/encoder.ts [--json] [--threads N] [--texts N]

import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { renderTable } from '../codegen/support/table.ts';
import { syntheticDataset } from '../host/dataset/index.ts';
import { openEncoder } from '../host/encoder/index.ts';
import { constantOf, GraphBuilder, readOnnxModel } from '../host/onnx/index.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    threads: { type: 'string', default: '1' },
    texts: { type: 'string', default: '512' },
  },
});
const threads = Number(values.threads);
const batch = 32;
const warmUp = 50;

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The products of `tokens` rows with every weight matrix of the model, summed up so that none is dropped. */
async function matrixProducts(modelFile: string, tokens: number): Promise<() => Promise<unknown>> {
  const model = readOnnxModel(await readFile(modelFile));
  const graph = new GraphBuilder('matrix_products');
  const feeds: Record<string, Tensor> = {};
  const sums: string[] = [];
  for (const [name, proto] of model.constants) {
    const dims = (proto.dims ?? []).map(Number);
    const [rows, columns] = dims.slice(-2);
    // The table of word vectors is looked up, not multiplied; the last layer sees one row a text.
    const perText = name.includes('tanh_layer');
    if (dims.length < 2 || rows < 256 || rows > 4096 || columns < 256) continue;
    const height = perText ? Math.max(1, Math.round(tokens / 12)) : tokens;
    const weight = graph.constant({ ...constantOf(model, name), dims: [rows, columns] });
    const input = graph.input(`x${sums.length}`, 'float32', [height, rows]);
    feeds[input] = new Tensor('float32', new Float32Array(height * rows).fill(0.1), [height, rows]);
    const product = graph.op('MatMul', [input, weight]);
    sums.push(graph.op('ReduceMax', [product], { attributes: { keepdims: { int: 0 } } }));
  }
  graph.output(graph.op('Sum', sums, { name: 'sum' }), 'float32', []);
  const session = await InferenceSession.create(graph.toBytes(), {
    intraOpNumThreads: threads,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return () => session.run(feeds);
}

const folder = mkdtempSync(join(tmpdir(), 'tilewright-bench-'));
try {
  const options = { cacheFolder: folder, threads };
  const first = performance.now();
  const encoder = await openEncoder(undefined, options);
  const convertMs = performance.now() - first;
  await encoder.close();
  const opened = performance.now();
  await using again = await openEncoder(undefined, options);
  const openMs = performance.now() - opened;

  const data = syntheticDataset({ items: Number(values.texts) });
  const texts = data.titles.map((title, item) => `${title} ${data.genres[item]}`);
  const modelFile = join(again.folder, 'onnx', 'model.onnx');
  // The texts have about 12 tokens.
  const productsAlone = await matrixProducts(modelFile, 12);
  const productsBatch = await matrixProducts(modelFile, 12 * batch);

  const alone: number[] = [];
  const aloneLimit: number[] = [];
  const together: number[] = [];
  const togetherLimit: number[] = [];
  for (let round = -warmUp; round < texts.length; round++) {
    const at = ((round % texts.length) + texts.length) % texts.length;
    const encode = await time(() => again.encode([texts[at]]));
    const products = await time(productsAlone);
    if (round < 0) continue;
    alone.push(encode);
    aloneLimit.push(products);
    if (at % batch === 0) {
      together.push(await time(() => again.encode(texts.slice(at, at + batch))));
      togetherLimit.push(await time(productsBatch));
    }
  }
  const perSecond = (times: readonly number[]): number => (1000 * batch) / percentile(times, 0.5);
  const figures = {
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
    threads,
    texts: texts.length,
    convertMs,
    openMs,
    aloneMs: { p50: percentile(alone, 0.5), p95: percentile(alone, 0.95) },
    aloneLimitMs: { p50: percentile(aloneLimit, 0.5), p95: percentile(aloneLimit, 0.95) },
    textsPerSecond: perSecond(together),
    textsPerSecondLimit: perSecond(togetherLimit),
  };
  if (values.json) {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } else {
    const row = (name: string, own: number, limit?: number, digits = 2): string[] => [
      name,
      own.toFixed(digits),
      limit === undefined ? '' : limit.toFixed(digits),
    ];
    const table = renderTable(
      [
        { title: `text encoder, ${threads} thread(s)` },
        { title: 'encoder', align: 'right' },
        { title: 'its matrix products alone', align: 'right' },
      ],
      [
        row('one text, ms, p50', figures.aloneMs.p50, figures.aloneLimitMs.p50),
        row('one text, ms, p95', figures.aloneMs.p95, figures.aloneLimitMs.p95),
        row(
          `texts a second, batch ${batch}`,
          figures.textsPerSecond,
          figures.textsPerSecondLimit,
          0,
        ),
        row('conversion and first open, ms', convertMs, undefined, 0),
        row('open, ms', openMs, undefined, 0),
      ],
    );
    process.stdout.write(`${table}\n${figures.machine}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
