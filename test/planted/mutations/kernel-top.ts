import type { Room } from '../mutation.ts';

const templates = 'codegen/backends/verilog/templates';

/** The kernel as the host sees it: start, done, arguments. */
export const kernelTop: Room = {
  name: 'kernel top',
  checks: ['icarus', 'verilator'],
  mutations: [
    {
      what: 'done before any process has started',
      file: `${templates}/top.v.hbs`,
      from: 'ap_done = busy && started && all_idle;',
      to: 'ap_done = busy && all_idle;',
      sample: 'depth',
    },
    {
      what: 'start stays set: the kernel runs again, and is done twice',
      file: `${templates}/control.v.hbs`,
      from: 'else if (ap_ready) ctl_start',
      to: 'else if (!rst_n) ctl_start',
      sample: 'depth',
    },
    {
      what: 'a token for each request the size of the queue, not of the requests in flight',
      file: `${templates}/top.v.hbs`,
      from: "tw_axi_write #(.OUTSTANDING({{outstanding}}){{#if requestSlack}}, .REQUEST_SLACK({{requestSlack}}){{/if}}",
      to: 'tw_axi_write #(.OUTSTANDING({{outstanding}})',
      sample: 'bursts',
    },
  ],
};
