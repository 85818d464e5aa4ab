import { buildKernel, openDevice } from 'tilewright';

const kernel = await buildKernel('examples/scale.ts');
const device = await openDevice('native'); // or 'golden', 'hls', 'sim', 'opencl', 'xrt'
const scale = await device.load(kernel);
const input = device.allocate(64); // one beat: 32 × i16
const output = device.allocate(64);
input.write(new Uint8Array(Int16Array.from({ length: 32 }, (_, i) => 1000 * i).buffer));
const report = await scale.run({ input, output, gain: 24, beats: 1 }); // × 24 / 16
const result = new Int16Array(32);
output.read(new Uint8Array(result.buffer));
console.log(result.join(' '), `in ${report.hostMs.toFixed(3)} ms`);
await device.close();
