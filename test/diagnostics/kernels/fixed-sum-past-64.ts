import {
  fixed,
  kernel,
  readMemory,
  type ReadPort,
  scalar,
  u32,
  u64,
  writeMemory,
  type WritePort,
} from 'tilewright/language';

const money = fixed(64, 20, 'half-even', 'saturate');

function ask(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    input.request(beat, 1);
    output.request(beat, 1);
  }
}

function work(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
    const a = money(v[0]);
    const total = a + a;
    const less = a - a < a;
    const word = u64(v[1]);
    const low = u32(word + word + word);
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
