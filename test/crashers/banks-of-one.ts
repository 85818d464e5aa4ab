/**
 * - An array with a bank an element: an odd index left its bank, whose address had a bit too many.
 * - Names with letters that Verilog has not, on the top level and in a process.
 * - A table that is called like a function of C.
 * - A memory whose name ends in an underscore: its port has two, which Verilator keeps for itself.
 */
import {
  array,
  i16,
  kernel,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  table,
  u4,
  u8,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const memcpy = table(u8, 4, (i) => i * 3);
const maß = table(u8, 16, (i) => i + 1);
function größer(beats: u32, input: ReadPort<u32>, output_: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    input.request(beat, 1);
    output_.request(beat, 1);
    const v = input.receive();
    const größe = array(i16, 16, { partition: { scheme: 'block', factor: 16 } });
    let π = u32(0);
    for (let i = 0; i < 4; i++) {
      pipeline();
      größe[i] = i16(v[i] - 1);
      größe[15 - i] = i16(v[u4(v[i])] + memcpy[i]);
    }
    for (let i = 0; i < 16; i++) {
      pipeline();
      π = u32(π * 7 + größe[i] + maß[i]);
    }
    output_.send(vec(u32, 16, (l) => π + l));
    output_.response();
  }
}
export default kernel({
  name: 'banks_of_one',
  summary: 'banks of one element, names of all kinds',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output_: writeMemory(u32), beats: scalar(u32) }),
  dataflow(_p, { input, output_, beats }) {
    größer(beats, input, output_);
  },
  workload(_p, random, size) {
    return {
      input: Uint32Array.from({ length: 16 * size }, () => random.integer(0, 2 ** 32 - 1)),
      output_: 16 * size,
      beats: size,
    };
  },
});
