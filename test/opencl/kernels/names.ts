import {
  array,
  assert,
  kernel,
  print,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u8,
  u32,
  type Vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** Words of OpenCL C, and names that the emitted code has itself, where a kernel may have them. */

function pause(item: u32, slices: ReadPort<u32>): void {
  for (let at = 0; at < item; at++) slices.request(at, 1);
}

function fail_at(
  item: u32,
  clamp: u8,
  slices: ReadPort<u32>,
  port: Stream<{ constant: Vec<u32>; global: u8 }>,
): void {
  const local = array(u8, 4);
  for (let l = 0; l < 4; l++) local[l] = u8(l);
  for (let state = 0; state < item; state++) {
    const half = slices.receive();
    assert(half[1] !== 666, `word ${half[1]} of beat ${state}`);
    print(`beat ${state} begins with ${half[0]}: "${clamp}" 100% \\`);
    local[half[2] & 3] = clamp;
    const uchar = local[half[3] & 3];
    port.write({ constant: half, global: uchar });
  }
}

function moved(item: u32, report: WritePort<u32>): void {
  for (let words = 0; words < item; words++) report.request(words, 1);
}

function suspend(
  item: u32,
  port: Stream<{ constant: Vec<u32>; global: u8 }>,
  report: WritePort<u32>,
): void {
  for (let w = 0; w < item; w++) {
    const min = port.read();
    print(`sends ${min.global}`);
    report.send(min.constant);
  }
}

function bulk(item: u32, report: WritePort<u32>): void {
  for (let max = 0; max < item; max++) report.response();
}

export default kernel({
  name: 'names',
  summary: 'copies beats under awkward names, and prints',
  parameters: {},
  arguments: () => ({
    slices: readMemory(u32),
    report: writeMemory(u32),
    item: scalar(u32),
    clamp: scalar(u8),
  }),
  dataflow(_p, { slices, report, item, clamp }) {
    const port = stream({ constant: vecOf(u32, 16), global: u8 });
    pause(item, slices);
    fail_at(item, clamp, slices, port);
    moved(item, report);
    suspend(item, port, report);
    bulk(item, report);
  },
  workload(_p, random, size) {
    const slices = Uint32Array.from({ length: size * 16 }, () => random.integer(1000, 2 ** 32 - 1));
    return { slices, report: size * 16, item: size, clamp: random.integer(0, 255) };
  },
});
