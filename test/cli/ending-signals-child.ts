// Busy without a pause for a second: with something half-written, with nothing, or a moment after such work.
import {
  endedBySignals,
  heedEndingSignals,
  withLeftovers,
} from '../../codegen/support/ending-signals.ts';

const { signal, exitCode } = heedEndingSignals();

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const told = (text: string) => void process.stdout.write(`${text}\n`);
const work = (): void => {
  told('busy');
  busy(1000);
};
signal.addEventListener('abort', () => told('stopped'));
const [what] = process.argv.slice(2);
if (what === 'leftovers') {
  await withLeftovers(async () => {
    endedBySignals(work);
    await new Promise((resolve) => setTimeout(resolve, 500));
    told('removed');
  });
} else if (what === 'nothing') endedBySignals(work);
else {
  endedBySignals(() => busy(10));
  await withLeftovers(async () => work());
  await new Promise((resolve) => setTimeout(resolve, 500));
}
process.exit(exitCode(0));
