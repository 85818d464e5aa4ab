import type { Room } from '../mutation.ts';

export const verilogRoom: Room = {
  name: 'Verilog back end',
  checks: ['icarus', 'verilator'],
  mutations: [
    {
      what: 'sign extension dropped',
      file: 'codegen/backends/verilog/expressions.ts',
      from: "return `{{${width - type.width}{${type.signed ? sign : \"1'b0\"}}}, ${name}}`;",
      to: "return `{{${width - type.width}{1'b0}}, ${name}}`;",
      sample: 'expressions-1',
    },
  ],
};
