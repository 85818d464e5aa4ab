/** Loops, jumps, and variables that live from one turn to the next. */
import {
  i16,
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
  u3,
  u4,
  u8,
  u16,
  u32,
  unroll,
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

/** Jumps out of nests; what they skip must not run. */
function jumps(beats: u16, words: Stream<u32>, to: Stream<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    let total = u32(0);
    let left = u32(1);
    for (let lane = 0; lane < 16; lane++) {
      const word = words.read();
      if (left === 1) {
        if ((word & 7) === 3) {
          if ((word & 8) === 0) left = u32(0);
          total = u32(total + 1);
        }
        if ((word & 3) === 1) {
          if ((word & 12) === 8) continueAt(word);
          total = u32(total ^ word);
        }
      }
      let turns = u8(0);
      while (turns < 9) {
        pipeline();
        turns = u8(turns + 1);
        if (turns > (word & 3)) {
          if ((word & 16) === 16) break;
          total = u32(total + 5);
        }
        if ((word & 32) === 32) continue;
        total = u32(total + turns);
      }
      for (let i = 0; i <= u3(word); i++) {
        if (i > 1) {
          total = u32(total + 2);
          if ((word & 128) === 128 && i < 4) continue;
        }
        if (i > 5 && (word & 64) === 64) {
          total = u32(total - 1);
          break;
        }
        total = u32(total + (total << 1) + i);
      }
      for (let i = 0; i <= 8; i++) {
        total = u32(total + (i << 1));
      }
      to.write(total);
    }
  }
}

function continueAt(word: u32): u32 {
  if ((word & 1) === 0) return u32(word + 1);
  return word;
}

/** Variables that one turn leaves to the next, over operators that take several cycles. */
function carried(beats: u16, words: Stream<u32>, to: Stream<u32>): void {
  let hash = u32(1);
  let best = i16(-5);
  let deep = u32(0);
  let low = i16(0);
  let [first, second] = [u16(1), u16(2)];
  for (let beat = 0; beat < beats; beat++) {
    let untouched = u32(7);
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      const word = words.read();
      deep = u32(mulLow(u32(deep + mulLow(word, word >>> 3, 32)), 77777, 32));
      if ((word & 0x300) === 0x300) low = i16(-3 - (word & 3));
      const odd = u1(word);
      hash = u32(mulLow(hash, 0x9e3779b1, 32) ^ word);
      if (odd === 1) {
        first = u16(word);
        second = u16(9);
      } else {
        second = u16(first + 1);
        first = u16(3);
      }
      let pick = u32(0);
      if (odd === 1) pick = word;
      else pick = u32(word >>> 1);
      if (i16(word) > best && beat < 3) best = i16(word);
      if ((word & 6) === 6) {
        untouched = u32(word);
      }
      to.write(u32(hash + first + second + best + untouched + deep + low + pick));
    }
    let entered = u8(200);
    for (let i = 0; i < u2(hash); i++) {
      untouched = u32(untouched + i + 100);
      entered = u8(3);
    }
    for (let i = 0; i < 10; i++) {
      unroll(4);
      untouched = u32(untouched * 3 + i);
    }
    for (let i = 0; i < u3(hash); i++) {
      unroll(2);
      untouched = u32(untouched + (i << 4));
    }
    to.write(u32(untouched + entered));
  }
}

function pack(beats: u16, words: Stream<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    let row = vec(u32, 16, () => 0);
    for (let lane = 0; lane < 17; lane++) {
      pipeline();
      const word = words.read();
      const at = lane < 16 ? u4(lane) : u4(15);
      row = row.with(at, u32(row[at] + word));
      if ((lane & 1) === 1) row = vec(u32, 16, (l) => row[(l + 1) % 16]);
    }
    output.request(beat, 1);
    output.send(row);
    output.response();
  }
}

export default kernel({
  name: 'control_flow',
  summary: 'loops, jumps and carried variables',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), beats: scalar(u16) }),
  dataflow(_p, { input, output, beats }) {
    const words = stream(u32);
    const jumped = stream(u32);
    const hashed = stream(u32);
    ask(beats, input);
    unpack(beats, input, words);
    jumps(beats, words, jumped);
    carried(beats, jumped, hashed);
    pack(beats, hashed, output);
  },
  workload(_p, random, size) {
    return {
      input: Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff)),
      output: size * 16,
      beats: size,
    };
  },
});
