/** Arrays of every storage, whose elements are stored and loaded again at once. */
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
  u2,
  u3,
  u4,
  u5,
  u8,
  u16,
  u32,
  vec,
  vecOf,
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

function arrays(beats: u16, words: Stream<u32>, to: Stream<u32>): void {
  const counts = array(u16, 8);
  const slow = array(u32, 16, { initial: (i) => 3 * i });
  const banks = array(u8, 20, { partition: { scheme: 'block', factor: 4 } });
  const cyclic = array(u8, 16, { partition: { scheme: 'cyclic', factor: 4 } });
  const lanes = array(vecOf(u8, 2), 3, { storage: 'registers' });
  const few = array(u16, 5, { storage: 'registers' });
  const trace = array(u16, 8);
  const fresh = array(u32, 8);
  const lut = array(u16, 8, { initial: (i) => 1000 * i });
  let level = u32(0);
  for (let beat = 0; beat < beats; beat++) {
    for (let lane = 0; lane < 16; lane++) {
      pipeline();
      const word = words.read();
      const at = u3(word);
      counts[at] = u16(counts[at] + 1);
      const slowAt = u2(word >>> 3);
      const product = mulLow(slow[slowAt], word >>> 8, 32);
      slow[slowAt] = u32(product * 5 + (product >>> 7));
      const bank = (word & 0x1000) === 0 ? u5(word >>> 5) : u5(5 * u2(word >>> 6));
      const inside = bank < 20 ? bank : u5(bank - 20);
      banks[inside] = u8(banks[inside] + word);
      const of = vec(u8, 2, (l) => u8(word >>> (4 * l)));
      const register = u2(word >>> 9);
      const here = register < 3 ? register : u2(0);
      const old = lanes[here];
      lanes[here] = of;
      few[here] = u16(few[here] + old[1]);
      if ((word & 2) === 2) cyclic[u4(2 * u3(word) + 1)] = u8(word);
      else cyclic[u4(word)] = u8(word >>> 4);
      const was = trace[at];
      trace[at] = u16(word);
      fresh[at] = word;
      const other = fresh[u3(word >>> 5)];
      let some = u16(0);
      if ((word & 0x20000) === 0) some = lut[at];
      const looked = u32(was + other + some + lut[at]);
      to.write(u32(looked + counts[u3(word >>> 16)] + product + banks[inside] + old[0]));
    }
    let all = u32(few[0] + few[1] + few[2]);
    for (let i = 0; i < 16; i++) {
      pipeline();
      all = u32(all * 3 + cyclic[u4(i)] + slow[u4(i)]);
    }
    // Two stores take two blocks; what decides about both changes before the first.
    for (let i = 0; i < 8; i++) {
      level = u32(level * 5 + all);
      if ((level & 1) === 1) {
        level = u32(level >>> 3);
        slow[u4(14)] = level;
        slow[u4(15)] = u32(all + i + level);
      }
    }
    to.write(u32(all + level));
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
  name: 'local_arrays',
  summary: 'arrays of every storage',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), beats: scalar(u16) }),
  dataflow(_p, { input, output, beats }) {
    const words = stream(u32);
    const stored = stream(u32);
    ask(beats, input);
    unpack(beats, input, words);
    arrays(beats, words, stored);
    pack(beats, stored, output);
  },
  workload(_p, random, size) {
    return {
      input: Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff)),
      output: size * 16,
      beats: size,
    };
  },
});
