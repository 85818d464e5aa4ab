/**
 * - Arguments called `input` and `output`, values called `go`, `valid` and `stall`: words of Verilog, or of
 *   the pipeline itself, became names of wires.
 * - `a && b` and `a || b` of numbers give one of them, not a boolean.
 * - A variable that is a constant where it is used left `8'd200[3:0]` in the Verilog.
 * - Saturation of a value of one bit selected from a wire without a range.
 */
import {
  i1,
  i4,
  i8,
  kernel,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  u1,
  u4,
  u8,
  u16,
  u31,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

function ask(beats: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    input.request(beat, 1);
    output.request(beat, 1);
  }
}

function work(beats: u16, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
    const go = u32(v[0] + 1);
    const valid = u8(v[1]);
    const stall = u8(v[2]);
    const either = u32(valid || go);
    const both = u32(valid && stall);
    const flagged = u32(u1(v[3]) && stall);
    let x = u8(200);
    const low = u4.saturate(x);
    const high = u4(shiftRight(x, 3));
    const small = i4.saturate(x);
    x = u8(x + stall);
    const bit = i1(shiftRight(i8(v[4]), 7));
    const positive = u31.saturate(bit);
    let count = u8(0);
    if (valid && go > 3) count = u8(count + 1);
    if (!(valid || stall)) count = u8(count + 2);
    output.send(
      vec(u32, 16, (l) =>
        l === 0
          ? go
          : l === 1
            ? either
            : l === 2
              ? both
              : l === 3
                ? flagged
                : l === 4
                  ? low
                  : l === 5
                    ? high
                    : l === 6
                      ? small
                      : l === 7
                        ? x
                        : l === 8
                          ? positive
                          : l === 9
                            ? count
                            : v[l],
      ),
    );
  }
}

function confirm(beats: u16, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.response();
}

export default kernel({
  name: 'names_and_constants',
  summary: 'names and constants that went wrong',
  parameters: {},
  arguments: () => ({ input: readMemory(u32), output: writeMemory(u32), beats: scalar(u16) }),
  dataflow(_p, { input, output, beats }) {
    ask(beats, input, output);
    work(beats, input, output);
    confirm(beats, output);
  },
  workload(_p, random, size) {
    const word = () =>
      random.chance(0.4) ? random.integer(0, 1) * 256 : random.integer(0, 0xffffffff);
    return { input: Uint32Array.from({ length: size * 16 }, word), output: size * 16, beats: size };
  },
});
