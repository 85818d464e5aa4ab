import {
  assert,
  kernel,
  print,
  readMemory,
  type ReadPort,
  scalar,
  u1,
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
    print(`beat ${v}`);
    print(`less ${v[0] < v[1]}`);
    print('Grüße');
    print(`two\nlines`);
    print(v[0]);
    assert(1 > 2, 'never');
    assert(v[0] < 9);
    const one = u1(v[0]) === 1 ? print('yes') : print('no');
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
