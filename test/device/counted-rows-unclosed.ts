// Ends without a close, with threads that wait for work: nothing may keep the process, or end it otherwise.
import { countedRows, countingDevice, sumWords, valueWords } from './counted-rows.ts';

const rows = 5000;
const device = countingDevice(3);
const kernel = await device.load(countedRows);
const values = device.allocate(4 * valueWords * rows);
const sums = device.allocate(4 * sumWords * rows);
await kernel.run({ values, sums, rows });
kernel.runSync({ values, sums, rows });
// A run that nobody waits for.
void kernel.run({ values, sums, rows });
if (process.argv[2] === 'exit') process.exit(7);
