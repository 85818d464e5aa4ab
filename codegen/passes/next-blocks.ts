import type { Next } from '../ir/blocks.ts';
import { binary, not as negation } from '../ir/build.ts';
import { type Expr, u1 } from '../ir/ir.ts';

/** Where control goes by a condition; decided at once where that is known. */
export function decide(condition: Expr, then: Next, otherwise: Next): Next {
  if (condition.op === 'const') return condition.value === 0n ? otherwise : then;
  return { kind: 'branch', condition, then, else: otherwise };
}

export function mapTargets(next: Next, map: (block: number) => number | undefined): Next {
  if (next.kind === 'goto') {
    return { kind: 'goto', block: next.block === undefined ? undefined : map(next.block) };
  }
  return { ...next, then: mapTargets(next.then, map), else: mapTargets(next.else, map) };
}

export function mapConditions(next: Next, map: (expr: Expr) => Expr): Next {
  if (next.kind === 'goto') return next;
  return decide(map(next.condition), mapConditions(next.then, map), mapConditions(next.else, map));
}

export function replaceTarget(next: Next, target: number, replacement: Next): Next {
  if (next.kind === 'goto') return next.block === target ? replacement : next;
  return {
    ...next,
    then: replaceTarget(next.then, target, replacement),
    else: replaceTarget(next.else, target, replacement),
  };
}

/** The condition under which control goes to `target`; undefined when it always does. */
export function pathTo(next: Next, target: number): Expr | undefined {
  const walk = (one: Next): Expr | boolean => {
    if (one.kind === 'goto') return one.block === target;
    const then = walk(one.then);
    const otherwise = walk(one.else);
    if (then === otherwise && typeof then === 'boolean') return then;
    const taken =
      typeof then === 'boolean'
        ? then
          ? one.condition
          : undefined
        : binary('and', u1, one.condition, then);
    const refused =
      typeof otherwise === 'boolean'
        ? otherwise
          ? negation(one.condition)
          : undefined
        : binary('and', u1, negation(one.condition), otherwise);
    if (taken === undefined) return refused ?? false;
    return refused === undefined ? taken : binary('or', u1, taken, refused);
  };
  const path = walk(next);
  return typeof path === 'boolean' ? undefined : path;
}
