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

function lookup(beats: u32, ids: Stream<u32>, input: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    ids.write(u32(beat));
    input.request(beat, 1);
  }
}

function tag(beats: u32, ids: Stream<u32>, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const id = ids.read();
    output.send(input.receive().with(0, id));
  }
}

export default kernel({
  name: 'warned',
  summary: 'a kernel that compiles with a warning',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32, { outstanding: 32 }),
    output: writeMemory(u32),
    beats: scalar(u32),
  }),
  dataflow(_p, { input, output, beats }) {
    const ids = stream(u32, { depth: 8 });
    lookup(beats, ids, input);
    announce(beats, output);
    tag(beats, ids, input, output);
    confirm(beats, output);
  },
  workload: (_p, random, size) => ({
    input: Uint32Array.from({ length: size * 16 }, () => random.integer(0, 1000)),
    output: size * 16,
    beats: size,
  }),
});
