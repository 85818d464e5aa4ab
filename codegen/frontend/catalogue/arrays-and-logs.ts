// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the examples are templates
import type { Catalogue } from './entry.ts';

/** TW3007, TW3008, TW4030: local arrays, assert and print. */
export const arraysAndLogs: Catalogue = {
  TW3007: {
    title: 'an assertion that fails whatever the arguments are',
    why: 'Everything in its condition is known when the kernel is compiled: the parameters that were chosen cannot work.',
    wrong: "assert(1 > 2, 'never');",
    right: "assert(v[0] < 1000, 'too large');",
  },
  TW3008: {
    title: 'a text that a simulator cannot write',
    why: 'print and assert become $display in Verilog and printf in C++: one line of plain characters, with integers in it.',
    wrong: 'print(`beat ${v}`);',
    right: 'print(`beat ${v[0]} ${v[1]}`);',
  },
  TW4030: {
    title: 'an array that cannot be laid out as asked',
    why: 'Banks are chosen by bits of the index, so their number is a power of two and divides the length; registers are multiplexed, so there are few.',
    wrong: "const a = array(u8, 10, { partition: { scheme: 'cyclic', factor: 4 } });",
    right: "const a = array(u8, 12, { partition: { scheme: 'cyclic', factor: 4 } });",
  },
};
