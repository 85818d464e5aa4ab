import { expect, test } from 'vitest';
import { withArmsFollowed } from '../../codegen/backends/cpu/arms-with-followers.ts';
import { withLazyWraps } from '../../codegen/backends/cpu/lazy-wraps.ts';
import { printKernel } from '../../codegen/index.ts';
import { typeText } from '../../codegen/ir/ir.ts';
import { parseKernel } from '../../codegen/ir/parse.ts';
import { verifyKernel } from '../../codegen/ir/verify.ts';

const text = `kernel k() "sums"
  stream s depth 4 { value: i22x4 }
  stream t depth 4 { value: u5x4 }
  process produce
    var x: u16
    var sum: i22x4
    let head: i22x4
    var seen: u5x4
    loop while ne:u1(x, 200:u8) step x = add:u16(x, 1:u1)
      head = add:i22x4(mul:i22x4(sum, 3:u2), cast:i22x4(x))
      if eq:u1(x, 9:u4)
        write s head
      sum = select:i22x4(eq:u1(x, 9:u4), cast:i22x4(0:u1), head)
      seen = add:u5x4(seen, 3:u2)
      write t shr:u5x4(seen, 1:u1)
      write t seen
  process consume
    let first: i22x4
    let second: u5x4
    loop while 1:u1
      first = read s
      second = read t
`;

test('sums that leave now and then are wrapped when they leave; what is looked at in each turn, in each turn', () => {
  const kernel = withLazyWraps(parseKernel(text));
  verifyKernel(kernel);
  const types = kernel.processes[0].variables.map(({ name, type }) => [name, typeText(type)]);
  expect(Object.fromEntries(types)).toEqual({
    ...{ x: 'u16', sum: 'i32x4', head: 'i32x4', seen: 'u5x4' },
  });
  const printed = printKernel(kernel);
  expect(printed).toContain('head = add:i32x4(mul:i32x4(sum, 3:u2), cast:i22x4(x))');
  expect(printed).toContain('write s cast:i22x4(head)');
  expect(printed).toContain('seen = add:u5x4(seen, 3:u2)');
});

const arms = `kernel k() "adds up what comes"
  scalar n: u16
  memory m: read u16 beat 512 outstanding 4
  stream s depth 4 { value: u20x32 }
  process consume
    var x: u16
    var row: u16x32
    let beat: u16x32
    let sum: u20x32
    loop while ne:u1(x, $n) step x = add:u16(x, 1:u1)
      row = 7:u16x32
      if lt:u1(x, 5:u3)
        beat = receive m
        row = beat
      sum = add:u20x32(row, x)
      write s sum
`;

test('what reads a vector that comes now and then is in both arms', () => {
  const kernel = withArmsFollowed(parseKernel(arms));
  const printed = printKernel(kernel);
  expect(printed).toContain(['beat = receive m', 'sum = add:u20x32(beat, x)'].join('\n        '));
  expect(printed).toContain(['else', 'sum = add:u20x32(7:u16x32, x)'].join('\n        '));
  expect(printed).not.toContain('row =');
});
