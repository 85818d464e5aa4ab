import { not } from '../ir/build.ts';
import type { Stmt } from '../ir/ir.ts';

/**
 * The statements with what was left open filled in, and without the empty branches that this leaves:
 * `if c {} else { a }` becomes `if !c { a }`.
 */
export function settleStatements(
  list: readonly Stmt[],
  decided: ReadonlyMap<Stmt, () => readonly Stmt[]>,
): readonly Stmt[] {
  if (decided.size === 0) return list;
  return list.flatMap((one): readonly Stmt[] => {
    const known = decided.get(one);
    if (known !== undefined) return known();
    if (one.kind === 'loop') return [{ ...one, body: settleStatements(one.body, decided) }];
    if (one.kind !== 'if') return [one];
    const then = settleStatements(one.then, decided);
    const otherwise = settleStatements(one.else, decided);
    if (then.length > 0) return [{ ...one, then, else: otherwise }];
    if (otherwise.length === 0) return [];
    return [{ ...one, condition: not(one.condition), then: otherwise, else: [] }];
  });
}
