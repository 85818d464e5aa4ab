import {
  fixed,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  table,
  u4,
  u32,
  ufixed,
  type ValueOf,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const sample = fixed(16, 12, 'half-even', 'saturate');
type sample = ValueOf<typeof sample>;
const gain = ufixed(24, 16, 'half-up', 'saturate');
type gain = ValueOf<typeof gain>;
const level = ufixed(8, 6, 'zero', 'saturate');
type level = ValueOf<typeof level>;
const energy = ufixed(64, 24, 'floor', 'saturate');
type energy = ValueOf<typeof energy>;

function ask(beats: u32, input: ReadPort<sample>, output: WritePort<level>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat * 2, 2);
    output.request(beat, 1);
  }
}

function amplify(
  beats: u32,
  amount: gain,
  input: ReadPort<sample>,
  samples: Stream<Vec<sample>>,
): void {
  const slope = table(gain, 16, (at) => 1 / (at + 1));
  let at = u4(0);
  for (let half = 0; half < beats * 2; half++) {
    pipeline();
    const v = input.receive();
    const factor = gain.product(amount, slope[at]);
    samples.write(vec(sample, 32, (l) => sample.product(v[l], factor)));
    at = u4(at + 1);
  }
}

function measure(
  beats: u32,
  samples: Stream<Vec<sample>>,
  output: WritePort<level>,
  total: WritePort<energy>,
): void {
  let sum = energy(0);
  total.request(0, 1);
  for (let beat = 0; beat < beats; beat++) {
    const low = samples.read();
    const high = samples.read();
    output.send(vec(level, 64, (l) => Math.abs(l < 32 ? low[l % 32] : high[l % 32])));
    output.response();
    sum = energy(sum + energy(low[0] * low[0]));
  }
  total.send(vec(energy, 8, (l) => (l === 0 ? sum : energy.product(sum, l * 0.125))));
  total.response();
}

export default kernel({
  name: 'equalise',
  summary: 'fixed point in memories, a register, a table, streams and vectors',
  parameters: {},
  arguments: () => ({
    beats: scalar(u32),
    amount: scalar(gain),
    input: readMemory(sample),
    output: writeMemory(level),
    total: writeMemory(energy),
  }),
  dataflow(_p, { beats, amount, input, output, total }) {
    const samples = stream(vecOf(sample, 32));
    ask(beats, input, output);
    amplify(beats, amount, input, samples);
    measure(beats, samples, output, total);
  },
  workload: (_p, random, size) => ({
    beats: size,
    amount: gain.raw(gain(random.unit() * 40)),
    input: Array.from({ length: size * 64 }, () => random.integer(-0x8000, 0x7fff)),
    output: size * 64,
    total: 8,
  }),
});
