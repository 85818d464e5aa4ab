// Proves the adapters for all time with yosys-smtbmc and Z3: `make prove`. docs/testing.md, "Proofs".
//
//   npm run prove -- [--help]

import { parseArgs } from 'node:util';
import { heedEndingSignals } from '../../codegen/support/ending-signals.ts';
import { lineProgress } from '../../codegen/support/progress.ts';
import { locateTool } from '../../codegen/support/run-tool.ts';
import { renderTable } from '../../codegen/support/table.ts';
import { reportError } from '../../host/cli/report-error.ts';
import { wrongOption } from '../support/script-options.ts';
import { proofs } from './proofs.ts';
import { provenFiles, proveOne, type Verdict } from './prove.ts';

const help = `npm run prove -- [options]

Proves the Verilog that every kernel shares, for all time. Ends with 0 when all is proven, with 1 when not.

Options:
  --only TEXT    Of "SUBJECT: NAME" those that have this in them, e.g. fifo
  --json         The verdicts as JSON on standard output
  --keep FOLDER  Folder of the traces of what fails  [default: .cache/proofs]
  --help         Show help
`;

/** @throws TilewrightError `OPTION`. */
function parseOptions(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        keep: { type: 'string', default: '.cache/proofs' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw wrongOption('npm run prove --', (error as Error).message.split('. ', 1)[0] ?? '');
  }
}

const signals = heedEndingSignals();

async function main(words: readonly string[]): Promise<number> {
  const values = parseOptions(words);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const wanted = proofs.filter(
    ({ subject, name }) => values.only === undefined || `${subject}: ${name}`.includes(values.only),
  );
  if (wanted.length === 0) {
    process.stderr.write(`error: no proof is called "${values.only}"\n`);
    process.stderr.write(
      `hint: there are\n${proofs.map((one) => `  ${one.subject}: ${one.name}\n`).join('')}`,
    );
    return 2;
  }
  for (const tool of ['yosys', 'yosys-smtbmc', 'z3']) locateTool(tool);
  const files = await provenFiles();
  const progress = lineProgress((line) => process.stderr.write(`${line}\n`));
  const verdicts: Verdict[] = [];
  for (const [at, proof] of wanted.entries()) {
    const title = `${at + 1} of ${wanted.length}, ${proof.subject}: ${proof.name}`;
    const options = { signal: signals.signal, keepIn: values.keep };
    verdicts.push(await progress.step(title, () => proveOne(proof, files, options)));
  }
  const failed = verdicts.filter(({ passed }) => !passed);
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify(
        verdicts.map(({ proof, ...rest }) => ({ ...proof, ...rest })),
        undefined,
        2,
      )}\n`,
    );
  } else {
    const rows = verdicts.map(({ proof, passed, seconds }) => [
      proof.subject,
      proof.name,
      proof.depth,
      proof.base,
      seconds.toFixed(1),
      passed ? 'proven' : 'FAILED',
    ]);
    const columns = [
      { title: 'subject' },
      { title: 'what' },
      { title: 'induction', align: 'right' },
      { title: 'base', align: 'right' },
      { title: 'seconds', align: 'right' },
      { title: 'verdict' },
    ] as const;
    process.stdout.write(`${renderTable(columns, rows)}\n`);
  }
  for (const { proof, text, kept } of failed) {
    process.stderr.write(`error: ${proof.subject}: ${proof.name}: ${text}\n`);
    if (kept !== undefined) process.stderr.write(`hint: see what happens: gtkwave ${kept}/*.vcd\n`);
  }
  return failed.length === 0 ? 0 : 1;
}

const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const { text, exitCode } = reportError(error);
  process.stderr.write(`${text}\n`);
  return exitCode;
});
process.exitCode = signals.exitCode(exitCode);
