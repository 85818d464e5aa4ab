import {
  kernel,
  type Stream,
  scalar,
  stream,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** All of one stream and then all of the other; who reads them begins with the other. */

function produce(count: u32, first: Stream<u32>, second: Stream<u32>): void {
  for (let i = 0; i < count; i++) first.write(u32(i));
  for (let i = 0; i < count; i++) second.write(u32(i));
}

function consume(
  count: u32,
  first: Stream<u32>,
  second: Stream<u32>,
  sums: Stream<Vec<u32>>,
): void {
  let total = u32(0);
  for (let i = 0; i < count; i++) total = u32(total + second.read());
  for (let i = 0; i < count; i++) total = u32(total + first.read());
  sums.write(vec(u32, 16, () => total));
}

function store(sums: Stream<Vec<u32>>, output: WritePort<u32>): void {
  output.request(0, 1);
  output.send(sums.read());
  output.response();
}

export default kernel({
  name: 'crossed',
  summary: 'deadlocks where a stream does not hold all elements',
  parameters: {},
  arguments: () => ({ output: writeMemory(u32), count: scalar(u32) }),
  dataflow(_p, { output, count }) {
    const first = stream(u32, { depth: 16 });
    const second = stream(u32, { depth: 16 });
    const sums = stream(vecOf(u32, 16));
    produce(count, first, second);
    consume(count, first, second, sums);
    store(sums, output);
  },
  workload: (_p, _random, size) => ({ output: 16, count: size }),
});
