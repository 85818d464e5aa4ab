import {
  kernel,
  readMemory,
  type ReadPort,
  scalar,
  type Stream,
  stream,
  u32,
  type Vec,
  vecOf,
  writeMemory,
  type WritePort,
  unroll,
} from 'tilewright/language';

function ask(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    input.request(beat, 1);
    output.request(beat, 1);
  }
}

function produce(beats: u32, input: ReadPort<u32>, values: Stream<Vec<u32>>): void {
  for (let beat = 0; beat < beats; beat++) values.write(input.receive());
}

function consume(beats: u32, values: Stream<Vec<u32>>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.send(values.read());
}

function confirm(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.response();
}

function feed(beats: u32, s: Stream<u32>): void {
  s.write(beats);
}

function drain(all: readonly Stream<u32>[]): void {
  for (let i = 0; i <= all.length; i++) {
    unroll();
    const one = all[i].read();
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
    const values = stream(vecOf(u32, 16));
    ask(beats, input, output);
    produce(beats, input, values);
    consume(beats, values, output);
    confirm(beats, output);
    const all = Array.from({ length: 2 }, () => stream(u32));
    for (const one of all) feed(beats, one);
    drain(all);
  },
  workload: (_p, _random, size) => ({ input: [], output: size * 16, beats: size }),
});
