// Run as a process of its own: starts a run on the device xrt that takes minutes, says so, and waits.
import { heedEndingSignals } from '../../codegen/support/ending-signals.ts';
import { openDevice } from '../../host/device/open-device.ts';
import { slowMemory, startLongRun } from './slow-card.ts';

const { signal, exitCode } = heedEndingSignals(5000);
let code = 0;
{
  await using device = await openDevice('xrt', { quick: true, memory: slowMemory });
  try {
    const run = await startLongRun(device, signal);
    process.stdout.write('running\n');
    await run.done;
  } catch (error) {
    process.stdout.write(`${(error as { code?: string }).code}\n`);
    code = 1;
  }
}
process.exit(exitCode(code));
