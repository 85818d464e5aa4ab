/**
 * A variable that both branches of an `if` assign, before any loop: the register of what it was before
 * was read, but never declared.
 */
import {
  kernel,
  type ReadPort,
  readMemory,
  scalar,
  u8,
  u16,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

/** The middle return is never taken, which is seen only when the widths are known. */
function pick(x: u32): number {
  if (42 - x < 0) return u32(x >>> 4);
  if (x - u8(x) < 0) {
    if (x - 7 === 0) return 29;
  }
  return u32(x >>> 4);
}

function ask(rows: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) {
    input.request(row, 1);
    output.request(row, 1);
  }
}

function work(rows: u16, knob: u8, input: ReadPort<u32>, output: WritePort<u32>): void {
  let picked = u8(pick(u32(knob)));
  for (let row = 0; row < rows; row++) {
    const v = input.receive();
    picked = u8(picked ^ pick(v[0]));
    output.send(vec(u32, 16, (l) => v[l] + picked));
  }
}

function confirm(rows: u16, output: WritePort<u32>): void {
  for (let row = 0; row < rows; row++) output.response();
}

export default kernel({
  name: 'both_branches',
  summary: 'a helper with two returns in front of a loop',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    rows: scalar(u16),
    knob: scalar(u8),
  }),
  dataflow(_p, { input, output, rows, knob }) {
    ask(rows, input, output);
    work(rows, knob, input, output);
    confirm(rows, output);
  },
  workload(_p, random, size) {
    const input = Uint32Array.from({ length: size * 16 }, () => random.integer(0, 0xffffffff));
    return { input, output: size * 16, rows: size, knob: random.integer(0, 255) };
  },
});
