import { TilewrightError } from '../../support/errors.ts';
import { renderTemplate } from '../../support/render-template.ts';

/** An argument of the kernel as the register map has it; a manifest's arguments fit as they are. */
export type ControlArgument =
  | {
      readonly kind: 'scalar';
      readonly name: string;
      readonly type: { readonly width: number };
      /** Byte offset of its (low) word. */
      readonly register: number;
    }
  | {
      readonly kind: 'memory';
      readonly name: string;
      /** Byte offset of the low word of its 64-bit base address. */
      readonly register: number;
    };

export interface ControlOptions {
  /** Name of the Verilog module, `<kernel>_control`. */
  readonly module: string;
  readonly arguments: readonly ControlArgument[];
}

/** The first free byte after the ap_ctrl_hs registers, and the last word of the 12-bit map. */
const firstOffset = 0x10;
const lastOffset = 0xffc;

/** One 32-bit word of the register map. */
interface Word {
  /** The bits of the argument's register that it holds. */
  readonly target: string;
  readonly width: number;
  readonly offset: number;
}

const hexadecimal = (value: number): string => value.toString(16).padStart(3, '0');

const widthOf = (argument: ControlArgument): number =>
  argument.kind === 'memory' ? 64 : argument.type.width;

function wordsOf(argument: ControlArgument): Word[] {
  const width = widthOf(argument);
  const { name, register } = argument;
  const word = (from: number): Word => {
    const bits = Math.min(width - from, 32);
    const target = `arg_${name}[${from + bits - 1}:${from}]`;
    return { target, width: bits, offset: register + from / 8 };
  };
  return width <= 32 ? [word(0)] : [word(0), word(32)];
}

function refuse(module: string, problem: string, hint: string): never {
  throw new TilewrightError(`${module}: ${problem}`, { code: 'REGISTER_MAP', hint });
}

function check(module: string, kernelArguments: readonly ControlArgument[]): void {
  const owners = new Map<number, string>();
  const names = new Set<string>();
  for (const argument of kernelArguments) {
    const { name } = argument;
    const width = widthOf(argument);
    if (!/^\w+$/.test(name)) {
      const hint = 'Rename it: letters, digits and underscores.';
      refuse(module, `an argument cannot be called "${name}" in Verilog`, hint);
    }
    if (!Number.isInteger(width) || width < 1 || width > 64) {
      refuse(module, `argument ${name} is ${width} bits wide`, 'Registers hold 1 to 64 bits.');
    }
    if (names.has(name)) {
      refuse(module, `two arguments are called "${name}"`, 'Give each its own name.');
    }
    names.add(name);
    for (const { offset } of wordsOf(argument)) {
      const shown = `0x${offset.toString(16)}`;
      if (offset < firstOffset || offset > lastOffset || offset % 4 !== 0) {
        const hint = 'Arguments take whole words from 0x10 to 0xffc.';
        refuse(module, `argument ${name} has no register at ${shown}`, hint);
      }
      const owner = owners.get(offset);
      if (owner !== undefined) {
        const hint = 'Give each its own words.';
        refuse(module, `arguments ${owner} and ${name} share the register at ${shown}`, hint);
      }
      owners.set(offset, name);
    }
  }
}

/**
 * The Verilog text of a kernel's AXI4-Lite slave: ports clk, rst_n, s_axi_control_*, ap_start (level
 * until ap_ready), ap_done, ap_idle, ap_ready, ap_interrupt, and one output
 * `arg_<name>` per argument, of its width (64 bits for a memory's base address).
 * @throws TilewrightError `REGISTER_MAP` when names, widths or offsets do not make a register map.
 */
export function emitControl(options: ControlOptions): string {
  const { module } = options;
  check(module, options.arguments);
  return renderTemplate('codegen/backends/verilog/templates/control.v.hbs', {
    module,
    arguments: options.arguments.map((argument) => {
      const width = widthOf(argument);
      return {
        name: argument.name,
        width,
        offset: hexadecimal(argument.register),
        note: argument.kind === 'memory' ? ': base address' : '',
        range: `[${width - 1}:0]`.padEnd(6),
      };
    }),
    words: options.arguments.flatMap(wordsOf).map(({ target, width, offset }) => ({
      target,
      word: hexadecimal(offset / 4),
      select: `[${width - 1}:0]`,
      answer: width === 32 ? target : `{${32 - width}'d0, ${target}}`,
    })),
  });
}
