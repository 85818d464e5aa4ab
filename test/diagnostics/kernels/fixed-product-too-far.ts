import {
  fixed,
  kernel,
  readMemory,
  type ReadPort,
  scalar,
  u32,
  writeMemory,
  type WritePort,
} from 'tilewright/language';

const money = fixed(64, 20, 'half-even', 'saturate');
const tiny = fixed(60, -20, 'floor', 'wrap');

function ask(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    input.request(beat, 1);
    output.request(beat, 1);
  }
}

function work(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
    const x = fixed(53, 64, 'floor', 'wrap')(v[0] * 2 ** -30);
    const y = money.product(x, x);
    const z = tiny.product(tiny(v[0]), tiny(v[1]));
    output.send(v);
    output.response();
  }
}

export default kernel({
  name: 'wrong',
  summary: 'a kernel that is refused',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    beats: scalar(u32),
  }),
  dataflow(_p, { input, output, beats }) {
    ask(beats, input, output);
    work(beats, input, output);
  },
  workload: (_p, _random, size) => ({ input: [], output: size * 16, beats: size }),
});
