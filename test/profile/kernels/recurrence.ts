import {
  kernel,
  mulLow,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;

function request(beats: u32, input: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
  }
}

/** Each beat's hash needs the hash of the beat before, by way of two multiplications. */
function hash(beats: u32, input: ReadPort<u32>, hashes: Stream<u32>): void {
  let state = u32(1);
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const value = input.receive();
    const mixed = mulLow(u32(state ^ value[0]), 0x85ebca6b, 32);
    state = u32(mulLow(u32(mixed ^ value[1]), 0xc2b2ae35, 32));
    hashes.write(state);
  }
}

function announce(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.request(beat, 1);
  }
}

function send(beats: u32, hashes: Stream<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const one = hashes.read();
    output.send(vec(u32, lanes, () => one));
  }
}

function confirm(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.response();
  }
}

export default kernel({
  name: 'recurrence',
  summary: 'a hash over all beats, which each beat has to wait for',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    beats: scalar(u32),
  }),
  dataflow(_p, { input, output, beats }) {
    const hashes = stream(u32);
    request(beats, input);
    hash(beats, input, hashes);
    announce(beats, output);
    send(beats, hashes, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    return {
      input: Uint32Array.from({ length: size * lanes }, () => random.integer(0, 2 ** 32 - 1)),
      output: size * lanes,
      beats: size,
    };
  },
});
