import { cast } from '../ir/build.ts';
import { Interner, withOperands } from '../ir/intern.ts';
import {
  type AssignStmt,
  type Expr,
  elementOf,
  type IntType,
  intType,
  type KernelIR,
  type Process,
  type Stmt,
  sameType,
  type Type,
  typeForRange,
  vecType,
} from '../ir/ir.ts';
import { withExpressions } from '../ir/rewrite.ts';
import { constantOf } from '../ir/simplify.ts';
import { isSingle, joined, type Range } from '../ir/value-ranges.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../ir/visit.ts';
import { type Demands, demandedBits, exact } from './demanded-bits.ts';
import { type ProcessRanges, processRanges } from './process-ranges.ts';

/**
 * narrow-widths: no more bits than values have, or than anything looks at.
 *
 *   var i: u32                                   var i: u5
 *   let square: u64                              let square: u8
 *   loop i = 0:u32 while lt:u1(i, 16:u5)    ⇒    loop i = 0:u5 while lt:u1(i, 16:u5)
 *        step i = add:u32(i, 1:u1)                    step i = add:u5(i, 1:u1)
 *     square = mul:u64(i, i)                       square = mul:u8(i, i)
 *     write bytes cast:u8(square)                  write bytes square
 *
 * Two facts bound a width. What a value may be: intervals, followed through the process to a fixpoint
 * with widening, and through the conditions of loops and branches. And which of its low bits something
 * depends on: by the one rule of ir.ts results are wrapped, so upper bits that nobody sees need not be
 * computed. A value that can only be one is that constant.
 *
 * Variables become as narrow as they can, unless a stream, a memory or an array fills them, whose types
 * stay. An operator inside an expression only by four bits and more: less is no hardware, but a cast
 * more to read.
 */
export const narrowWidths = {
  name: 'narrow-widths',
  description: 'no more bits than values have or anything looks at',
  run(kernel: KernelIR): KernelIR {
    return {
      ...kernel,
      processes: kernel.processes.map((process) => new Narrower(kernel, process).process()),
    };
  },
};

/** Bits that an operator must lose for a narrower type to be worth its place in the text. */
const worthwhile = 4;

class Narrower {
  private readonly source: Process;
  private readonly ranges: ProcessRanges;
  private readonly demands: Demands;
  private readonly interner = new Interner();
  /** By interned expression: what any equal one may be. */
  private readonly joint = new Map<Expr, Range>();
  private readonly types = new Map<string, Type>();
  private readonly done = new Map<Expr, Expr>();

  constructor(kernel: KernelIR, source: Process) {
    this.source = source;
    this.ranges = processRanges(kernel, source);
    this.demands = demandedBits(source, this.interner);
    for (const [expr, range] of this.ranges.expressions) {
      const key = this.interner.intern(expr);
      const other = this.joint.get(key);
      this.joint.set(key, other === undefined ? range : joined(other, range));
    }
    const filled = new Set(
      [...allStatements(source.body)].flatMap((one) =>
        one.kind === 'assign' ? [] : definedBy(one),
      ),
    );
    for (const { name, type } of source.variables) {
      if (filled.has(name)) this.types.set(name, type);
      else {
        const range = this.ranges.variables.get(name);
        const bits = this.demands.variables.get(name) ?? exact;
        this.types.set(name, withElement(type, narrower(elementOf(type), range, bits, 1)));
      }
    }
  }

  process(): Process {
    return {
      ...this.source,
      variables: this.source.variables.map((one) => {
        const type = this.types.get(one.name) ?? one.type;
        return sameType(type, one.type) ? one : { ...one, type };
      }),
      body: this.list(this.source.body),
    };
  }

  private list<T extends Stmt>(list: readonly T[]): T[] {
    return list.map((one) => this.statement(one) as T);
  }

  private statement(one: Stmt): Stmt {
    const exprs = expressionsOf(one);
    if (one.kind === 'assign') {
      const type = this.types.get(one.variable) ?? one.value.type;
      return withExpressions(one, [cast(this.narrow(one.value), type)]);
    }
    const same = exprs.map((expr) => cast(this.narrow(expr), expr.type));
    const mapped = withExpressions(one, same);
    if (mapped.kind === 'if') {
      return { ...mapped, then: this.list(mapped.then), else: this.list(mapped.else) };
    }
    if (mapped.kind !== 'loop') return mapped;
    return {
      ...mapped,
      init: this.list<AssignStmt>(mapped.init),
      body: this.list(mapped.body),
      step: this.list<AssignStmt>(mapped.step),
    };
  }

  /** An expression with the same value, as far as anything depends on it. */
  private narrow(expr: Expr): Expr {
    const known = this.done.get(expr);
    if (known !== undefined) return known;
    const found = this.narrowed(expr);
    const result =
      found === expr || found.span !== undefined || expr.span === undefined || found.op === 'var'
        ? found
        : { ...found, span: expr.span };
    this.done.set(expr, result);
    return result;
  }

  private narrowed(expr: Expr): Expr {
    if (expr.op === 'const' || expr.op === 'scalar') return expr;
    const range = this.ranges.expressions.get(expr);
    if (range !== undefined && isSingle(range) && expr.type.kind === 'int') {
      return constantOf(range.min, expr.type);
    }
    if (expr.op === 'var') {
      const type = this.types.get(expr.name) ?? expr.type;
      return sameType(type, expr.type) ? expr : { ...expr, type };
    }
    const old = operandsOf(expr);
    const operands = old.map((one) => this.narrow(one));
    const same = operands.every((one, at) => one === old[at]);
    switch (expr.op) {
      case 'add':
      case 'sub':
      case 'mul':
      case 'and':
      case 'or':
      case 'xor':
      case 'not':
      case 'shl':
      case 'shr':
      case 'select': {
        const to = this.resultType(expr, operands);
        if (same && sameType(to, expr.type)) return expr;
        const made = withOperands(expr, operands);
        if (made.op !== 'select') return { ...made, type: to } as Expr;
        return { ...made, type: to, then: cast(made.then, to), else: cast(made.else, to) };
      }
      case 'cast':
        return same ? expr : cast(operands[0], expr.type, expr.span);
      case 'lane': {
        const [vector] = operands;
        return same
          ? expr
          : ({ ...withOperands(expr, operands), type: elementOf(vector.type) } as Expr);
      }
      case 'with-lane':
      case 'shuffle':
      case 'concat': {
        if (same) return expr;
        // The lanes of the result and of the operands have one type.
        const kept = operands.map((one, at) =>
          one.type.kind === 'vec' ? cast(one, withElement(one.type, elementOf(old[at].type))) : one,
        );
        return withOperands(expr, kept);
      }
      default:
        return same ? expr : withOperands(expr, operands);
    }
  }

  private resultType(expr: Expr, operands: readonly Expr[]): Type {
    // Logic on bits that are 0 is no hardware; a carry chain, a multiplier and a multiplexer are.
    const computes = ['add', 'sub', 'mul', 'select'].includes(expr.op);
    const range = computes ? this.joint.get(this.interner.intern(expr)) : undefined;
    const element = narrower(elementOf(expr.type), range, this.demands.of(expr), worthwhile);
    const wide = (one: Expr) =>
      elementOf(one.type).width > element.width && ['add', 'sub', 'mul'].includes(one.op);
    // A sum that others need whole would be computed once more for a narrow choice of it.
    if (expr.op === 'select' && operands.slice(1).some(wide)) return expr.type;
    return withElement(expr.type, element);
  }
}

function withElement(type: Type, element: IntType): Type {
  return type.kind === 'vec' ? vecType(element, type.lanes) : element;
}

/** The narrowest type for a range of which `bits` matter, or the type itself where it saves too little. */
function narrower(type: IntType, range: Range | undefined, bits: number, least: number): IntType {
  let found = type;
  if (range !== undefined) {
    const held = typeForRange(range.min, range.max);
    if (held.width <= type.width - least) found = held;
  }
  if (bits > 0 && bits < found.width && bits <= type.width - least) {
    found = intType(type.signed, bits);
  }
  return found;
}
