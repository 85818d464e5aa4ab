import type { Room } from '../mutation.ts';

const emitter = 'codegen/backends/hls-cpp';
const arithmetic = `${emitter}/arithmetic.ts`;
const intervals = 'codegen/ir/intervals.ts';
const expressions = `${emitter}/expressions.ts`;

export const hlsCpp: Room = {
  name: 'HLS C++ back end',
  checks: ['hls'],
  mutations: [
    {
      what: 'saturation without its lower bound',
      file: `${emitter}/helpers.ts`,
      from: "if (given.min < wanted.min) clamp('<', wanted.min);",
      to: '',
      sample: 'operators',
    },
    {
      what: 'a shift by the width less one taken for one by more',
      file: `${emitter}/helpers.ts`,
      from: 'return amount > ${most} ? ${beyond}',
      to: 'return amount >= ${most} ? ${beyond}',
      sample: 'operators',
    },
    {
      what: 'signed and unsigned compared by the rules of C',
      file: arithmetic,
      from: 'return [asClass(a, common), asClass(b, common)];',
      to: 'return [asClass(a, b.cpp), asClass(b, b.cpp)];',
      sample: 'operators',
    },
    {
      what: 'bounds of a difference from the wrong ends',
      file: intervals,
      from: 'return { min: a.min - b.max, max: a.max - b.min };',
      to: 'return { min: a.min - b.min, max: a.max - b.max };',
      sample: 'operators',
    },
    {
      what: 'a mask may be negative where one side is not',
      file: intervals,
      from: 'return { min: 0n, max: minimum(...tops) };',
      to: 'return { min: 0n, max: minimum(a.max, b.max) };',
      sample: 'operators',
    },
    {
      what: 'the arms of a choice swapped',
      file: expressions,
      from: '? ${operand(a)} : ${operand(b)}`;',
      to: '? ${operand(b)} : ${operand(a)}`;',
      sample: 'operators',
    },
    {
      what: 'a wrap left out where one more bit is seen',
      file: expressions,
      from: '(low !== undefined && type.width >= low)',
      to: '(low !== undefined && type.width + 1 >= low)',
      sample: 'operators',
    },
    {
      what: 'a vector turned in place, lane by lane',
      file: `${emitter}/statements.ts`,
      from: 'return reads(value, variable);',
      to: 'return false;',
      sample: 'control-flow',
    },
    {
      what: 'a sum of mixed signs one bit short',
      file: `${emitter}/include/ap_int.h`,
      from: 'static constexpr int common = max_of(W1 + (S2 && !S1), W2 + (S1 && !S2));',
      to: 'static constexpr int common = max_of(W1, W2);',
      sample: 'operators',
    },
    {
      what: 'responses of the memory never handed on',
      file: `${emitter}/templates/serve-write.cpp.hbs`,
      from: '      responses.write(1);\n',
      to: '',
      sample: 'bursts',
    },
    {
      what: 'a burst one beat short',
      file: `${emitter}/templates/serve-write.cpp.hbs`,
      from: 'left = request.beats;',
      to: 'left = request.beats - 1;',
      sample: 'bursts',
    },
  ],
};
