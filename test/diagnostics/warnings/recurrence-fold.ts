import {
  any,
  kernel,
  mulLow,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  sum,
  u1,
  u32,
  u40,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function ask(beats: u32, input: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
  }
}

function announce(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.request(beat, 1);
  }
}

function confirm(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.response();
  }
}

function work(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  let total = vec(u32, 16, () => 0);
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const v = input.receive();
    const all = mulLow(u32(sum(total)), 2654435761, 32);
    total = vec(u32, 16, (l) => u32(v[l] + all));
    output.send(total);
  }
}

export default kernel({
  name: 'warned',
  summary: 'a kernel that compiles with a warning',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    beats: scalar(u32),
  }),
  dataflow(_p, { input, output, beats }) {
    ask(beats, input);
    announce(beats, output);
    work(beats, input, output);
    confirm(beats, output);
  },
  workload: (_p, random, size) => ({
    input: Uint32Array.from({ length: size * 16 }, () => random.integer(0, 1000)),
    output: size * 16,
    beats: size,
  }),
});
