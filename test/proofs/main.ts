// Proves the adapters for all time with yosys-smtbmc and Z3: `make prove`. docs/testing.md, "Proofs".
//
//   jiti test/proofs/main.ts [--only TEXT] [--json] [--keep FOLDER]

import { parseArgs } from 'node:util';
import { heedEndingSignals } from '../../codegen/support/ending-signals.ts';
import { lineProgress } from '../../codegen/support/progress.ts';
import { renderTable } from '../../codegen/support/table.ts';
import { reportError } from '../../host/cli/report-error.ts';
import { proofs } from './proofs.ts';
import { provenFiles, proveOne, type Verdict } from './prove.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    keep: { type: 'string', default: '.cache/proofs' },
  },
});

const signals = heedEndingSignals();

async function main(): Promise<number> {
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

const exitCode = await main().catch((error: unknown) => {
  const { text, exitCode } = reportError(error);
  process.stderr.write(`${text}\n`);
  return exitCode;
});
process.exitCode = signals.exitCode(exitCode);
