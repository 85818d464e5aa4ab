import type { Room } from '../mutation.ts';

const templates = 'codegen/backends/verilog/templates';

/** The kernel as the host sees it: start, done, arguments. */
export const kernelTop: Room = {
  name: 'kernel top',
  checks: ['icarus'],
  mutations: [
    {
      what: 'start stays set: the kernel runs again, and is done twice',
      file: `${templates}/control.v.hbs`,
      from: 'else if (ap_ready) ctl_start',
      to: 'else if (!rst_n) ctl_start',
      sample: 'depth',
    },
  ],
};
