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

function split(beats: u32, input: ReadPort<u32>, raw: Stream<Vec<u32>>, used: Stream<Vec<u32>>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const v = input.receive();
    raw.write(v);
    used.write(v);
  }
}

function norm(beats: u32, used: Stream<Vec<u32>>, norms: Stream<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const v = used.read();
    const squares = vec(u32, 16, (l) => mulLow(v[l], v[l], 32));
    norms.write(u32(sum(vec(u32, 16, (l) => mulLow(squares[l], v[l], 32)))));
  }
}

function join(beats: u32, raw: Stream<Vec<u32>>, norms: Stream<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const n = norms.read();
    output.send(raw.read().with(0, n));
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
    const raw = stream(vecOf(u32, 16), { depth: 2 });
    const used = stream(vecOf(u32, 16));
    const norms = stream(u32);
    ask(beats, input);
    split(beats, input, raw, used);
    norm(beats, used, norms);
    announce(beats, output);
    join(beats, raw, norms, output);
    confirm(beats, output);
  },
  workload: (_p, random, size) => ({
    input: Uint32Array.from({ length: size * 16 }, () => random.integer(0, 1000)),
    output: size * 16,
    beats: size,
  }),
});
