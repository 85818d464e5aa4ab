import { bigint } from './bigints.ts';
import { decimal } from './fixed-point.ts';
import { number } from './integers.ts';
import type { ProgramWriter } from './program-writer.ts';
import { atMost, literal, type Value, widthOf } from './value.ts';
import { laneSums } from './vectors.ts';

/** Two sides of `===`, whose types TypeScript must find comparable. */
function comparable(a: Value, b: Value): readonly [string, string] {
  const apart =
    a.brand !== undefined && b.brand !== undefined && (a.brand !== b.brand || a.brand === 'mixed');
  return [apart ? `(${a.text} + 0${a.big ? 'n' : ''})` : a.text, b.text];
}

/** A condition: always a boolean. */
export function condition(w: ProgramWriter, depth: number): string {
  const { draw } = w;
  const kind = draw.weighted([
    [8, 'order'],
    [4, 'equal'],
    [3, 'bit'],
    [depth > 0 ? 2 : 0, 'both'],
    [depth > 0 ? 1 : 0, 'not'],
    [w.vectors().length > 0 ? 1 : 0, 'lanes'],
    [w.fixed.length > 0 ? w.weight(2, 'fixed point') : 0, 'fixed'],
    [w.limits.width > 53 ? w.weight(1, 'wide') : 0, 'big'],
  ] as const);
  const relation = draw.pick(['<', '<=', '>', '>=']);
  switch (kind) {
    case 'order': {
      const a = number(w, depth);
      return `${a.text} ${relation} ${near(w, a).text}`;
    }
    case 'equal': {
      const a = number(w, depth);
      const [x, y] = comparable(a, near(w, a));
      return `${x} ${draw.pick(['===', '!=='])} ${y}`;
    }
    case 'bit': {
      const a = atMost(number(w, depth), 32);
      return `(${a.text} & ${2 ** draw.integer(0, Math.max(0, Math.min(4, widthOf(a) - 1)))}) ${draw.pick(['===', '!=='])} 0`;
    }
    case 'both':
      return `(${condition(w, depth - 1)} ${draw.pick(['&&', '||'])} ${condition(w, depth - 1)})`;
    case 'not':
      return `!(${condition(w, depth - 1)})`;
    case 'lanes':
      return laneSums(w);
    case 'fixed': {
      const a = decimal(w, Math.min(depth, 1));
      return `${a.text} ${relation} ${decimal(w, 0).text}`;
    }
    case 'big': {
      const a = bigint(w, Math.min(depth, 1));
      const [x, y] = comparable(a, bigint(w, 0));
      return `${x} ${draw.pick(['===', '!==', '<', '>=', '>'])} ${y}`;
    }
  }
}

/** Something to compare with: a value, or a constant that the other can be. */
function near(w: ProgramWriter, a: Value): Value {
  const { draw } = w;
  const other = number(w, 0);
  if (other.text !== a.text && !draw.chance(0.45)) return other;
  const { min, max } = a;
  const some = draw.pick([min, max, min + 1n, max - 1n, 0n, 1n, max / 2n]);
  const inside = some < min || some > max ? min : some;
  return literal(inside);
}

/** A condition as a number. */
export function conditionBit(w: ProgramWriter, depth: number): Value {
  return {
    text: `u1(${condition(w, depth)})`,
    min: 0n,
    max: 1n,
    big: false,
    fraction: 0,
    brand: 'u1',
  };
}
