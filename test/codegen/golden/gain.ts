import {
  i8,
  i16,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  shiftRight,
  stream,
  u32,
  type Vec,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 32;

function request(beats: u32, input: ReadPort<i16>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
  }
}

/** 32 products a clock cycle, each exact in 24 bits before it is cut back to 16. */
function multiply(beats: u32, gain: i8, input: ReadPort<i16>, gained: Stream<Vec<i16>>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    const values = input.receive();
    gained.write(vec(i16, lanes, (l) => i16.saturate(shiftRight(values[l] * gain, 4))));
  }
}

function announce(beats: u32, output: WritePort<i16>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.request(beat, 1);
  }
}

function send(beats: u32, gained: Stream<Vec<i16>>, output: WritePort<i16>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.send(gained.read());
  }
}

function confirm(beats: u32, output: WritePort<i16>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    output.response();
  }
}

export default kernel({
  name: 'gain',
  summary: 'each element times gain / 16, saturated',
  parameters: {},
  arguments: () => ({
    input: readMemory(i16),
    output: writeMemory(i16),
    gain: scalar(i8),
    beats: scalar(u32),
  }),
  dataflow(_p, { input, output, gain, beats }) {
    const gained = stream(vecOf(i16, lanes));
    request(beats, input);
    multiply(beats, gain, input, gained);
    announce(beats, output);
    send(beats, gained, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    const input = Int16Array.from({ length: size * lanes }, () => random.integer(-32768, 32767));
    return { input, output: size * lanes, gain: random.integer(-128, 127), beats: size };
  },
});
