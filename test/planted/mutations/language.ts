import type { Room } from '../mutation.ts';

const language = 'codegen/language';

/** What runs in Node and says what is right: here the targets must say otherwise. */
export const languageRoom: Room = {
  name: 'golden model',
  checks: ['passes', 'icarus'],
  mutations: [
    {
      what: 'half-even: ties go away from zero',
      file: `${language}/rounding.ts`,
      from: 'rest > 0.5 || (rest === 0.5 && whole % 2 !== 0)',
      to: 'rest >= 0.5',
      sample: 'fixed-point',
    },
    {
      what: 'floor of a negative value towards zero',
      file: `${language}/rounding.ts`,
      from: 'return sign < 0 ? whole - 1 : whole;',
      to: 'return whole;',
      sample: 'fixed-point',
    },
    {
      what: 'the largest value of a saturating type one too large',
      file: `${language}/rounding.ts`,
      from: 'const max = (1n << BigInt(signed ? width - 1 : width)) - 1n;',
      to: 'const max = 1n << BigInt(signed ? width - 1 : width);',
      sample: 'fixed-point',
    },
    {
      what: 'the least value of a signed type is positive',
      file: `${language}/integer-type.ts`,
      from: 'return signed && low >= half ? low - modulus : low;',
      to: 'return signed && low > half ? low - modulus : low;',
      sample: 'operators',
    },
    {
      what: 'a right shift of a negative value towards zero',
      file: `${language}/arithmetic.ts`,
      from: 'return Math.floor(a / 2 ** n);',
      to: 'return Math.trunc(a / 2 ** n);',
      sample: 'operators',
    },
  ],
};
