import { type Expr, typeText } from './ir.ts';
import { operandsOf } from './visit.ts';

/**
 * Hash-consing: gives equal expressions the same object, so that a value that is used twice is computed
 * once, and maps can be keyed by identity.
 */
export class Interner {
  private readonly known = new Map<string, Expr>();
  private readonly ids = new Map<Expr, number>();
  /** Of expressions that are not the one object themselves. */
  private readonly found = new Map<Expr, Expr>();

  /** The one object for this expression; its operands are interned first. */
  intern(expr: Expr): Expr {
    if (this.ids.has(expr)) return expr;
    const before = this.found.get(expr);
    if (before !== undefined) return before;
    const operands = operandsOf(expr).map((one) => this.intern(one));
    const ids = operands.map((one) => this.ids.get(one));
    const key = `${expr.op} ${typeText(expr.type)} ${ownText(expr)} ${ids.join(',')}`;
    const found = this.known.get(key);
    const made = found ?? withOperands(expr, operands);
    if (found === undefined) {
      this.known.set(key, made);
      this.ids.set(made, this.ids.size);
    }
    if (made !== expr) this.found.set(expr, made);
    return made;
  }
}

/** What an expression holds besides its type and operands, as text. */
export function ownText(expr: Expr): string {
  switch (expr.op) {
    case 'const':
      return String(expr.value);
    case 'var':
    case 'scalar':
      return expr.name;
    case 'shuffle':
      return expr.lanes.join(' ');
    case 'reduce':
      return expr.reduce;
    case 'table':
      return expr.table;
    default:
      return '';
  }
}

/** The same expression over other operands, in the order of `operandsOf`. */
export function withOperands(expr: Expr, operands: readonly Expr[]): Expr {
  const [a, b, c] = operands;
  switch (expr.op) {
    case 'const':
    case 'var':
    case 'scalar':
      return expr;
    case 'cast':
    case 'saturate':
    case 'not':
      return { ...expr, operand: a };
    case 'select':
      return { ...expr, condition: a, then: b, else: c };
    case 'lane':
      return { ...expr, vector: a, index: b };
    case 'with-lane':
      return { ...expr, vector: a, index: b, value: c };
    case 'build':
      return { ...expr, elements: operands };
    case 'concat':
      return { ...expr, vectors: operands };
    case 'shuffle':
    case 'reduce':
      return { ...expr, vector: a };
    case 'table':
      return { ...expr, index: a };
    default:
      return { ...expr, left: a, right: b };
  }
}
