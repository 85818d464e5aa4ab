// Run as a process of its own, because XRT takes its mode once a process: starts a kernel and waits for it,
// again and again, and looks at a large buffer. start-wait.ts MODE FILE.xclbin RUNS; one line of JSON.
import { loadXrt, XrtDevice, type XrtMode } from '../../host/xrt/index.ts';

const [mode, xclbin, count] = process.argv.slice(2) as [XrtMode, string, string];
const runs = Number(count);
const largeBytes = 64 << 20;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

using device = XrtDevice.open(await loadXrt(mode));
await device.load(xclbin);
const kernel = device.kernel('vector_add');
const run = kernel.run();
for (const index of [0, 1, 2]) {
  const buffer = device.allocate(4096, kernel.group(index));
  await buffer.toDevice();
  run.setBuffer(index, buffer);
}
run.setScalar(3, 16, 4);

// Where one run takes less than the clock can tell, many are timed together.
const together = mode === 'noop' ? 1000 : 1;
const times: number[] = [];
for (let turn = -50; turn < runs; turn++) {
  const from = performance.now();
  for (let one = 0; one < together; one++) {
    run.start();
    await run.wait();
  }
  if (turn >= 0) times.push(((performance.now() - from) * 1000) / together);
}

// A copy would double what the process has; reading in place does not.
const large = device.allocate(largeBytes, kernel.group(0));
large.bytes.fill(1);
if (mode === 'noop') await large.fromDevice();
const before = process.memoryUsage().rss;
const from = performance.now();
const words = new Uint32Array(large.bytes.buffer, large.bytes.byteOffset, largeBytes / 4);
const viewMs = performance.now() - from;
let sum = 0;
for (let at = 0; at < words.length; at += 1024) sum += words[at];
const grownMiB = (process.memoryUsage().rss - before) / 2 ** 20;
if (sum !== (words.length / 1024) * 0x01010101) throw new Error('the view shows something else');
process.stderr.write(`${JSON.stringify({ medianUs: median(times), viewMs, grownMiB })}\n`);
