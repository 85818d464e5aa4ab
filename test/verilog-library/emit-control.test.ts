import { describe, expect, test } from 'vitest';
import { type ControlArgument, emitControl } from '../../codegen/backends/verilog/emit-control.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { benchControl } from './library.ts';

const scalar = (name: string, width: number, register: number): ControlArgument => {
  return { kind: 'scalar', name, type: { width }, register };
};

function refusal(...kernelArguments: ControlArgument[]): TilewrightError {
  try {
    emitControl({ module: 'k_control', arguments: kernelArguments });
  } catch (error) {
    if (error instanceof TilewrightError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('emitControl', () => {
  test('gives the same text for the same register map', () => {
    expect(benchControl()).toBe(benchControl());
  });

  test('gives every argument an output of its width and its words of the map', () => {
    const text = benchControl();
    expect(text).toMatch(/^module bench_control \($/m);
    expect(text).toMatch(/^ {4}output reg {2}\[63:0\] arg_source,$/m);
    expect(text).toMatch(/^ {4}output reg {2}\[0:0\] {2}arg_flag,$/m);
    expect(text).toMatch(/^ {4}output reg {2}\[39:0\] arg_wide,$/m);
    expect(text).toMatch(/10'h00f: ctl_answer <= \{24'd0, arg_wide\[39:32\]\};/);
  });

  test('takes the last words of the map, and no more', () => {
    expect(() =>
      emitControl({ module: 'k_control', arguments: [scalar('last', 64, 0xff8)] }),
    ).not.toThrow();
    expect(refusal(scalar('beyond', 64, 0xffc)).message).toMatch(
      /beyond has no register at 0x1000/,
    );
  });

  const refused: readonly (readonly [string, readonly ControlArgument[], RegExp])[] = [
    ['a register of the protocol', [scalar('a', 32, 0xc)], /a has no register at 0xc/],
    ['half a word', [scalar('a', 32, 0x12)], /a has no register at 0x12/],
    ['shared words', [scalar('a', 64, 0x10), scalar('b', 8, 0x14)], /a and b share .* 0x14/],
    ['two of one name', [scalar('a', 8, 0x10), scalar('a', 8, 0x14)], /two .* called "a"/],
    ['no bits', [scalar('a', 0, 0x10)], /a is 0 bits wide/],
    ['too many bits', [scalar('a', 65, 0x10)], /a is 65 bits wide/],
    ['what is no Verilog name', [scalar('a-b', 8, 0x10)], /cannot be called "a-b"/],
  ];
  for (const [what, kernelArguments, message] of refused) {
    test(`refuses ${what}`, () => {
      const error = refusal(...kernelArguments);
      expect(error.code).toBe('REGISTER_MAP');
      expect(error.message).toMatch(/^k_control: /);
      expect(error.message).toMatch(message);
      expect(error.hint).toBeTruthy();
    });
  }
});
