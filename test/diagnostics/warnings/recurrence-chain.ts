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
  let state = u32(1);
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const v = input.receive();
    const a = u32(state + v[0]);
    const b = u32((a ^ (a << 13)) >>> 0);
    const c = u32(b + v[1]);
    const d = u32((c ^ (c >>> 17)) >>> 0);
    const e = u32(d + v[2]);
    const f = u32(e + v[3]);
    state = u32(f + (d > e ? v[4] : v[5]));
    output.send(vec(u32, 16, () => state));
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
