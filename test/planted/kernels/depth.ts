/** All of one stream before any of the other, which the reader wants first: the stated depth is just enough. */
import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u16,
  u32,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const beat = vecOf(u32, 16);

function ask(rounds: u16, input: ReadPort<u32>): void {
  for (let round = 0; round < rounds; round++) input.request(round * 6, 6);
}

function split(
  rounds: u16,
  input: ReadPort<u32>,
  early: Stream<readonly u32[]>,
  late: Stream<readonly u32[]>,
): void {
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < 5; at++) {
      early.write(input.receive());
    }
    late.write(input.receive());
  }
}

function join(
  rounds: u16,
  early: Stream<readonly u32[]>,
  late: Stream<readonly u32[]>,
  output: WritePort<u32>,
): void {
  for (let round = 0; round < rounds; round++) {
    const last = late.read();
    output.request(round * 5, 5);
    for (let at = 0; at < 5; at++) {
      pipeline();
      const row = early.read();
      output.send(vec(u32, 16, (l) => u32(row[l] + last[l])));
    }
    output.response();
  }
}

export default kernel({
  name: 'depth_of_five',
  summary: 'a stream that holds just enough',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), rounds: scalar(u16) }),
  dataflow(_p, { input, output, rounds }) {
    const early = stream(beat, { depth: 5 });
    const late = stream(beat);
    ask(rounds, input);
    split(rounds, input, early, late);
    join(rounds, early, late, output);
  },
  workload(_p, random, size) {
    return {
      input: Uint32Array.from({ length: size * 96 }, () => random.integer(0, 0xffffffff)),
      output: size * 80,
      rounds: size,
    };
  },
});
