import type { Room } from '../mutation.ts';

const library = 'codegen/backends/verilog/library';

/** Faults against AXI's rules: the memory model that every simulated run has must say which. */
export const axiRules: Room = {
  name: 'AXI rules',
  checks: ['verilator'],
  says: /AXI_RULE/,
  mutations: [
    {
      what: 'an address that changes while it waits for ready',
      file: `${library}/tw_axi_address.v`,
      from: 'issue = (!valid || ready) &&',
      to: 'issue =',
      sample: 'bursts',
    },
    {
      what: 'a burst across a page',
      file: `${library}/tw_axi_address.v`,
      from: 'crosses = span[8:6] !=',
      to: 'crosses = span[8:7] !=',
      sample: 'bursts',
    },
    {
      what: 'WVALID that falls before WREADY',
      file: `${library}/tw_axi_write.v`,
      from: 'wvalid = sending && !data_empty;',
      to: 'wvalid = sending && !data_empty && !answer;',
      sample: 'bursts',
    },
    {
      what: 'WLAST a beat early',
      file: `${library}/tw_axi_write.v`,
      from: "wlast <= beats_left == 6'd1;",
      to: "wlast <= beats_left <= 6'd2;",
      sample: 'bursts',
    },
    {
      what: 'beats of half the width',
      file: `${library}/tw_axi_read.v`,
      from: "arsize = 3'd6;",
      to: "arsize = 3'd5;",
      sample: 'bursts',
    },
  ],
};
