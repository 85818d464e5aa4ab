import type { Room } from '../mutation.ts';

const emitter = 'codegen/backends/verilog';
const expressions = `${emitter}/expressions.ts`;

export const verilog: Room = {
  name: 'Verilog back end',
  checks: ['icarus'],
  mutations: [
    {
      what: 'sign extension dropped',
      file: expressions,
      from: '{${type.signed ? sign : "1\'b0"}}}, ${name}}`;',
      to: "{1'b0}}, ${name}}`;",
      sample: 'operators',
    },
    {
      what: 'sign extension of lanes dropped',
      file: expressions,
      from: 'const fill = type.signed ? `${name}[${base}+${type.width - 1}]` : "1\'b0";',
      to: 'const fill = "1\'b0";',
      sample: 'operators',
    },
    {
      what: 'signed comparison done unsigned',
      file: expressions,
      from: 'return signed ? `$signed(${a}) ${symbol} $signed(${b})` :',
      to: 'return signed && width === 0 ? `$signed(${a}) ${symbol} $signed(${b})` :',
      sample: 'operators',
    },
    {
      what: 'signed and unsigned compared without a bit for the sign',
      file: expressions,
      from: 'type.width + (signed && !type.signed ? 1 : 0)',
      to: 'type.width',
      sample: 'operators',
    },
    {
      what: 'the choice between vectors inverted',
      file: expressions,
      from: '${condition} ? ${this.sized(expr.then, width, true)} : ${this.sized(expr.else, width, true)}',
      to: '${condition} ? ${this.sized(expr.else, width, true)} : ${this.sized(expr.then, width, true)}',
      sample: 'operators',
    },
    {
      what: 'saturation at twice the bound of a signed type',
      file: expressions,
      from: 'const magnitude = to.signed ? to.width - 1 : to.width;',
      to: 'const magnitude = to.width;',
      sample: 'operators',
    },
    {
      what: 'a negative value saturated to its low bits',
      file: expressions,
      from: 'return to.signed ? value : `${sign} ? ${min} : ${value}`;',
      to: 'return value;',
      sample: 'operators',
    },
    {
      what: 'a shift by a constant fills with zeros',
      file: expressions,
      from: 'return kept === width ? slice : `{{${width - kept}{${sign}}}, ${slice}}`;',
      to: "return kept === width ? slice : `{{${width - kept}{1'b0}}, ${slice}}`;",
      sample: 'operators',
    },
    {
      what: 'a shift by a variable fills with zeros',
      file: expressions,
      from: 'return type.signed ? `$signed(${a}) >>> ${b}` :',
      to: 'return type.signed && width === 0 ? `$signed(${a}) >>> ${b}` :',
      sample: 'operators',
    },
    {
      what: 'the fields of a record in reverse',
      file: `${emitter}/emit-accesses.ts`,
      from: '[...op.args].reverse().map(text)',
      to: '[...op.args].map(text)',
      sample: 'bursts',
    },
    {
      what: 'a variable written without its condition',
      file: `${emitter}/emit-accesses.ts`,
      from: '...(write.enable === undefined ? [] : [context.refer(write.enable, stage, at)]),',
      to: '',
      sample: 'pressure',
    },
    {
      what: 'a variable written while its stage waits',
      file: `${emitter}/emit-accesses.ts`,
      from: '`s${stage}_go`,\n        ...(holds',
      to: '`s${stage}_valid`,\n        ...(holds',
      sample: 'pressure',
    },
    {
      what: 'a strobe while its stage waits',
      file: `${emitter}/emit-accesses.ts`,
      from: 'assign ${strobe} = s${stage}_go$',
      to: 'assign ${strobe} = s${stage}_valid$',
      sample: 'pressure',
    },
    {
      what: 'registers that load while their stage waits',
      file: `${emitter}/emit-stages.ts`,
      from: 'return stage < context.scheduled.gate ? `s${stage}_go` :',
      to: 'return stage < 0 ? `s${stage}_go` :',
      sample: 'pressure',
    },
    {
      what: 'arguments over 32 bits lose their upper word',
      file: `${emitter}/emit-control.ts`,
      from: 'return width <= 32 ? [word(0)] : [word(0), word(32)];',
      to: 'return [word(0)];',
      sample: 'operators',
    },
  ],
};
