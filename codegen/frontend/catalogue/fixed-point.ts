import type { Catalogue } from './entry.ts';

const q = "const q = fixed(16, 8, 'half-even', 'saturate');";
const money = "const money = fixed(60, 20, 'half-even', 'saturate');";

/** TW21…: fixed point. */
export const fixedPoint: Catalogue = {
  TW2101: {
    title: 'a decimal that is no short binary fraction',
    why: '0.5 and 0.375 end in binary, 0.1 never does: what JavaScript holds has 52 bits behind the point, and a multiplier as wide. How many of them count must be said.',
    wrong: { top: q, body: 'const x = q(v[0] * 0.1);' },
    right: { top: q, body: 'const x = q(v[0] * q(0.1));' },
  },
  TW2102: {
    title: 'a value with a fraction where an integer is taken',
    why: 'An index, an amount or a count is an integer, and which one 2.5 would be is not known.',
    wrong: { top: q, body: 'const x = v[q(2.5)];' },
    right: { top: q, body: 'const x = v[Math.floor(q(2.5))];' },
  },
  TW2103: {
    title: 'an integer from fixed point that does not say how it is rounded',
    why: 'u8(x) of 2.5 could be 2 or 3, and C++, JavaScript and a shifter do not agree on -2.5. JavaScript has a name for each way.',
    wrong: { top: q, body: 'const x = u8(q.fromRaw(i16(v[0])));' },
    right: { top: q, body: 'const x = u8(Math.floor(q.fromRaw(i16(v[0]))));' },
  },
  TW2104: {
    title: 'bigints whose binary points differ',
    why: 'Past 53 bits a fixed-point value is a bigint that counts units. JavaScript adds units to units, whatever they are units of; so both sides must be of one type.',
    wrong: { top: money, body: 'const x = money(money(v[0]) + u64(v[1]));' },
    right: { top: money, body: 'const x = money(money(v[0]) + money.convert(u64(v[1]), u64));' },
  },
  TW2105: {
    title: 'a bit operator on fixed point',
    why: "JavaScript's own &, |, ^, <<, >> and >>> drop the fraction before they work.",
    wrong: { top: q, body: 'const x = u8(q.fromRaw(i16(v[0])) >> 2);' },
    right: { top: q, body: 'const x = q(q.fromRaw(i16(v[0])) * 0.25);' },
  },
};
