import {
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u4,
  u8,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** Bytes in a beat. */
const lanes = 64;

function request(beats: u32, a: ReadPort<u8>, b: ReadPort<u8>, c: WritePort<u8>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    a.request(beat, 1);
    b.request(beat, 1);
    c.request(beat, 1);
  }
}

function feed(beats: u32, memory: ReadPort<u8>, words: Stream<u4>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    words.write(u4(memory.receive()[0]));
  }
}

/** What is proven: one word of each side makes one word of the result, some stages later. */
function join(beats: u32, left: Stream<u4>, right: Stream<u4>, joined: Stream<u8>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const x = left.read();
    const y = right.read();
    joined.write(u8(x * y + x));
  }
}

function collect(beats: u32, joined: Stream<u8>, c: WritePort<u8>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const word = joined.read();
    c.send(vec(u8, lanes, () => word));
  }
}

function confirm(beats: u32, c: WritePort<u8>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    c.response();
  }
}

/** joiner: joins two streams; its process and its queues are the subject of a proof. */
export default kernel({
  name: 'joiner',
  summary: 'joins two streams word by word',
  parameters: {},
  arguments: () => ({
    a: readMemory(u8),
    b: readMemory(u8),
    c: writeMemory(u8),
    beats: scalar(u32),
  }),
  dataflow(_p, { a, b, c, beats }) {
    const left = stream(u4);
    const right = stream(u4);
    const joined = stream(u8);
    request(beats, a, b, c);
    feed(beats, a, left);
    feed(beats, b, right);
    join(beats, left, right, joined);
    collect(beats, joined, c);
    confirm(beats, c);
  },
  workload(_p, random, size) {
    const draw = () => Uint8Array.from({ length: size * lanes }, () => random.integer(0, 255));
    return { a: draw(), b: draw(), c: size * lanes, beats: size };
  },
});
