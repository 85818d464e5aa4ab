import {
  array,
  kernel,
  readMemory,
  type ReadPort,
  scalar,
  u4,
  u8,
  u32,
  vec,
  vecOf,
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
    const a = array(u8, 16);
    const odd = array(vecOf(u8, 2), 10);
    a[v[0]] = u8(1);
    a[u4(v[0])] = u8(1) + u8(2);
    a[vec(u4, 2, (l) => l)] = u8(1);
    odd[u4(v[0])] = u8(1);
    a[u4(v[1])]++;
    const sum = a + 1;
    const b = a;
    const c = b[16];
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
