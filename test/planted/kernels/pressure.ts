/** Words that come every cycle, through recurrences that take several, to a reader that is slow. */
import {
  array,
  kernel,
  mulLow,
  pipeline,
  type ReadPort,
  readMemory,
  type Stream,
  scalar,
  stream,
  u1,
  u2,
  u4,
  u16,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function ask(beats: u16, input: ReadPort<u32>): void {
  for (let beat = 0; beat < beats; beat++) input.request(beat, 1);
}

function unpack(beats: u16, input: ReadPort<u32>, words: Stream<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      words.write(v[u4(lane)]);
    }
  }
}

/** An element is loaded, and then stored, in every cycle. */
function trace(beats: u16, words: Stream<u32>, to: Stream<u32>): void {
  const last = array(u16, 4);
  const sums = array(u16, 2);
  for (let at = 0; at < 16 * beats; at++) {
    pipeline();
    const word = words.read();
    const before = last[u2(word)];
    last[u2(word)] = u16(word);
    const [bank, sum] = [u1(word >>> 7), sums[u1(word >>> 7)]];
    sums[bank] = u16(sum + word);
    to.write(u32(word ^ (before << 4) ^ sum));
  }
}

/** An element is stored long after it was loaded. */
function multiply(beats: u16, words: Stream<u32>, to: Stream<u32>): void {
  const powers = array(u32, 4, { initial: (i) => i + 3 });
  for (let turn = 0; turn < 16 * beats; turn++) {
    pipeline();
    const word = words.read();
    // The address itself takes stages.
    const at = u2(mulLow(word, word >>> 5, 32) >>> 9);
    const power = powers[at];
    powers[at] = u32(mulLow(power, 0x9e3779b1, 32) + word);
    to.write(power);
  }
}

/** A variable is read some stages behind the word, and written some stages later. */
function carry(beats: u16, words: Stream<u32>, to: Stream<u32>): void {
  let deep = u32(1);
  for (let at = 0; at < 16 * beats; at++) {
    pipeline();
    const word = words.read();
    const product = mulLow(word, word >>> 3, 32);
    if ((product & 3) !== 3) deep = u32(mulLow(u32(deep + product), 77777, 32));
    to.write(deep);
  }
}

/** Several cycles a word. */
function wait(beats: u16, words: Stream<u32>, to: Stream<u32>): void {
  for (let at = 0; at < 16 * beats; at++) {
    let word = words.read();
    for (let turn = 0; turn < 9; turn++) {
      pipeline();
      word = u32(word + u1(turn));
    }
    to.write(word);
  }
}

function pack(beats: u16, words: Stream<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    let row = vec(u32, 16, () => 0);
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      const word = words.read();
      row = row.with(u4(lane), word);
      if ((lane & 1) === 1) row = vec(u32, 16, (l) => row[(l + 1) % 16]);
    }
    output.request(beat, 1);
    output.send(row);
    output.response();
  }
}

export default kernel({
  name: 'back_pressure',
  summary: 'words every cycle, and a slow reader',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), beats: scalar(u16) }),
  dataflow(_p, { input, output, beats }) {
    const words = stream(u32);
    const traced = stream(u32);
    const multiplied = stream(u32);
    const carried = stream(u32);
    const slow = stream(u32);
    ask(beats, input);
    unpack(beats, input, words);
    trace(beats, words, traced);
    multiply(beats, traced, multiplied);
    carry(beats, multiplied, carried);
    wait(beats, carried, slow);
    pack(beats, slow, output);
  },
  workload(_p, random, size) {
    return {
      input: Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff)),
      output: size * 16,
      beats: size,
    };
  },
});
