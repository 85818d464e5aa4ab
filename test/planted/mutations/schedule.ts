import type { Room } from '../mutation.ts';

const passes = 'codegen/passes';

/** Blocks, stages and stalls: only hardware runs them. */
export const schedule: Room = {
  name: 'schedule',
  checks: ['icarus'],
  mutations: [
    {
      what: 'a load that may not have happened used for another',
      file: `${passes}/form-blocks.ts`,
      from: 'if (!everywhere || this.now(args[0]) !== first.args[0]) return false;',
      to: 'if (this.now(args[0]) !== first.args[0]) return false;',
      sample: 'local-arrays',
    },
    {
      what: 'an access of two arms happens in the first alone',
      file: `${passes}/form-blocks.ts`,
      from: ": { predicate: this.interner.intern(binary('or', u1, predicate, here)) }),",
      to: ': { predicate }),',
      sample: 'local-arrays',
    },
    {
      what: 'a write of two conditions enabled by both together',
      file: `${passes}/finish-blocks.ts`,
      from: "enable: binary('or', u1, expr.condition, rest.enable),",
      to: "enable: binary('and', u1, expr.condition, rest.enable),",
      sample: 'control-flow',
    },
    {
      what: 'what an empty block assigns is assigned on every way',
      file: `${passes}/finish-blocks.ts`,
      from: 'path === undefined ? after : this.interner.intern(select(path, after, old, after.type)),',
      to: 'path === undefined ? old : after,',
      sample: 'control-flow',
    },
    {
      what: 'a variable that a block leaves alone does not live through it',
      file: `${passes}/finish-blocks.ts`,
      from: 'if (value === undefined) found.add(name);\n        else visit(value);',
      to: 'if (value !== undefined) visit(value);',
      sample: 'control-flow',
    },
    {
      what: 'an answer awaited in the stage that asks for it',
      file: `${passes}/schedule.ts`,
      from: 'stage = Math.max(stage, one.stage + 1);',
      to: 'stage = Math.max(stage, one.stage);',
      sample: 'control-flow',
    },
    {
      what: 'the word of a block RAM taken a cycle early',
      file: `${passes}/schedule.ts`,
      from: 'return { stage: stage + 1, time: ramOutput };',
      to: 'return { stage, time: ramOutput };',
      sample: 'pressure',
    },
    {
      what: 'no gate at a variable that an older iteration has yet to write',
      file: `${passes}/stall-gate.ts`,
      from: 'if ((writeStage.get(name) ?? 0) > from) raise(from);',
      to: '',
      sample: 'pressure',
    },
    {
      what: 'no gate at an array that an older iteration has yet to store into',
      file: `${passes}/stall-gate.ts`,
      from: 'store > load + 1) raise(load);',
      to: 'store > load + 100) raise(load);',
      sample: 'pressure',
    },
    {
      what: 'an older store of the element that is loaded is not waited for',
      file: 'codegen/backends/verilog/emit-arrays.ts',
      from: 'to === undefined || to <= from + 1) return [];',
      to: 'to === undefined || to <= from + 99) return [];',
      sample: 'pressure',
    },
    {
      what: 'a carried variable read one turn late',
      file: 'codegen/backends/verilog/emit-sequencing.ts',
      from: 'if (from !== stage || to <= from) continue;',
      to: 'if (from !== stage || to <= from + 1) continue;',
      sample: 'control-flow',
    },
    {
      what: 'a stage moves on into one that waits',
      file: 'codegen/backends/verilog/emit-sequencing.ts',
      from: "const next = stage < gate ? ` && (!s${stage + 1}_valid || s${stage + 1}_go)` : '';",
      to: "const next = '';",
      sample: 'pressure',
    },
    {
      what: 'outputs behind the gate are not waited for',
      file: 'codegen/backends/verilog/emit-sequencing.ts',
      from: 'stage < gate\n      ? []',
      to: 'stage <= gate\n      ? []',
      sample: 'pressure',
    },
    {
      what: 'no room in the queue for the words under way',
      file: 'codegen/ir/scheduled.ts',
      from: '(scheduled.accessStage.get(access) ?? 0) - scheduled.gate)',
      to: '(scheduled.accessStage.get(access) ?? 0) - scheduled.gate - 1)',
      sample: 'pressure',
    },
  ],
};
