// The hardware bench: kernels on a power-law graph behind memories of several latencies and limits, golden
// beside every run, and Verilator's speed beside Icarus'. docs/benchmarks.md says what each figure means.
//
//   npm run bench:rtl -- [--help]

import { isRight } from './rtl/measure.ts';
import { parseRtlOptions, usage } from './rtl/options.ts';
import { benchJson, renderBench } from './rtl/report.ts';
import { runBench } from './rtl/run-bench.ts';
import { runMain } from './run-main.ts';

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const options = parseRtlOptions(words);
  const result = await runBench(options, (text) => void process.stderr.write(`${text}\n`));
  process.stdout.write(
    options.json ? `${JSON.stringify(benchJson(result))}\n` : renderBench(result),
  );
  const wrong = result.subjects.flatMap(({ cells }) => cells).filter((cell) => !isRight(cell));
  if (wrong.length === 0) return 0;
  process.stderr.write(`error: ${wrong.length} runs went wrong, and have no figure\n`);
  return 1;
}

await runMain(() => main(process.argv.slice(2)));
