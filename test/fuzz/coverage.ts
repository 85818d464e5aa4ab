import type { Expr, KernelIR, Stmt } from '../../codegen/ir/ir.ts';
import { elementOf, lanesOf } from '../../codegen/ir/ir.ts';
import { expressionsOf, operandsOf } from '../../codegen/ir/visit.ts';
import { renderTable } from '../../codegen/support/table.ts';

/** Where an operator stands: what the innermost directive around it asks for. */
export const directives = ['straight', 'loop', 'II=1', 'II>1', 'unrolled'] as const;
export type Directive = (typeof directives)[number];

/** Largest width of each class, of results and, of comparisons, of operands. */
const widthClasses = [1, 8, 16, 32, 53, 64] as const;
const widthTitles = widthClasses.map((most, at) => {
  const least = at === 0 ? 1 : widthClasses[at - 1] + 1;
  return least === most ? `${most}` : `${least}–${most}`;
});

/** How often an operator occurs, by `operator|width class|directive`. */
export type Coverage = ReadonlyMap<string, number>;

/** What is no operator: names and numbers, and the vectors that are made of them. */
const leaves = new Set(['const', 'var', 'scalar']);
const comparisons = new Set(['eq', 'ne', 'lt', 'le']);

function widthOf(expr: Expr): number {
  const types = comparisons.has(expr.op) ? operandsOf(expr).map(({ type }) => type) : [expr.type];
  return Math.max(...types.map((type) => elementOf(type).width));
}

function operatorOf(expr: Expr): string {
  const name = expr.op === 'reduce' ? `reduce-${expr.reduce}` : expr.op;
  return lanesOf(expr.type) > 1 && expr.op !== 'build' ? `${name} ×lanes` : name;
}

/** Counts the operators of a kernel as the front end leaves it, before a pass replaces any. */
export function coverageOf(kernel: KernelIR): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (expr: Expr, directive: Directive): void => {
    if (!leaves.has(expr.op)) {
      const width = widthOf(expr);
      const at = widthClasses.findIndex((most) => width <= most);
      const key = `${operatorOf(expr)}|${at}|${directive}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const operand of operandsOf(expr)) count(operand, directive);
  };
  const walk = (list: readonly Stmt[], directive: Directive): void => {
    for (const one of list) {
      const inner = one.kind === 'loop' ? directiveOf(one, directive) : directive;
      for (const expr of expressionsOf(one)) count(expr, inner);
      if (one.kind === 'if') {
        walk(one.then, directive);
        walk(one.else, directive);
      } else if (one.kind === 'loop') {
        walk(one.init, directive);
        walk(one.body, inner);
        walk(one.step, inner);
      }
    }
  };
  for (const { body } of kernel.processes) walk(body, 'straight');
  return counts;
}

function directiveOf(
  loop: { readonly ii?: number; readonly unroll?: number },
  outer: Directive,
): Directive {
  if (loop.unroll !== undefined) return 'unrolled';
  if (loop.ii !== undefined) return loop.ii === 1 ? 'II=1' : 'II>1';
  return outer === 'unrolled' ? outer : 'loop';
}

export function addCoverage(to: Map<string, number>, more: Coverage): void {
  for (const [key, count] of more) to.set(key, (to.get(key) ?? 0) + count);
}

/**
 * A line an operator, a column a class of widths: under how many of the directives it occurred, and how
 * often. A dash where it never did.
 */
export function coverageTable(coverage: Coverage): string {
  const operators = [...new Set([...coverage.keys()].map((key) => key.split('|')[0]))].sort();
  const rows = operators.map((operator) => [
    operator,
    ...widthClasses.map((_, width) => {
      const counts = directives.map((one) => coverage.get(`${operator}|${width}|${one}`) ?? 0);
      const total = counts.reduce((sum, count) => sum + count, 0);
      if (total === 0) return '–';
      return `${counts.filter((count) => count > 0).length}/${directives.length} ${total}`;
    }),
  ]);
  const columns = widthTitles.map((title) => ({ title: `${title} bit`, align: 'right' as const }));
  return renderTable([{ title: 'operator' }, ...columns], rows);
}

/** How many of the cells (operator × width class × directive) occurred, of the operators that did. */
export function coverageCells(coverage: Coverage): { readonly hit: number; readonly of: number } {
  const operators = new Set([...coverage.keys()].map((key) => key.split('|')[0]));
  return { hit: coverage.size, of: operators.size * widthClasses.length * directives.length };
}
