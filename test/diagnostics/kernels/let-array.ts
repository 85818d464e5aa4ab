import {
  array,
  kernel,
  readMemory,
  type ReadPort,
  scalar,
  u32,
  writeMemory,
  type WritePort,
} from 'tilewright/language';

function ask(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    input.request(beat, 1);
    output.request(beat, 1);
  }
}

function work(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
    let a = array(u32, 16);
    a[0] = v[0];
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
