import {
  array,
  kernel,
  readMemory,
  type ReadPort,
  scalar,
  u8,
  u32,
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
    const banks = array(u8, 10, { partition: { scheme: 'cyclic', factor: 4 } });
    const three = array(u8, 12, { partition: { scheme: 'block', factor: 3 } });
    const many = array(u8, 5000, { storage: 'registers' });
    const both = array(u8, 8, {
      storage: 'registers',
      partition: { scheme: 'cyclic', factor: 2 },
    });
    const none = array(u8, 0);
    const late = array(u8, v[0]);
    const first = array(u32, 4, { initial: (i) => v[i] });
    const apart = array(vecOf(u8, 2), 4, { initial: (i) => i });
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
