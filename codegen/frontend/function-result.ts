import { cast } from '../ir/build.ts';
import {
  type AssignStmt,
  type Expr,
  elementOf,
  lanesOf,
  type Span,
  type Type,
  u1,
} from '../ir/ir.ts';
import { align } from './align.ts';
import { fail } from './diagnostics.ts';
import { type Flow, jumpTo, Target } from './jumps.ts';
import { choose } from './operators.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { asValue, toOperand, type Value } from './values.ts';

interface Site {
  readonly value: Value;
  readonly span: Span;
  /** Stand where the function returns; filled in when the types of all returns are known. */
  readonly assigns: AssignStmt[];
}

/**
 * The returns of a function that is inlined. One return at the end is its value as it stands; several
 * assign a variable, as wide as the widest of them:
 *
 *   if (c) return a; return b;  ⇒  if c { f = a } else { f = b }
 */
export class FunctionResult {
  private readonly name: string;
  private readonly builder: ProcessBuilder;
  private readonly target: Target;
  private readonly sites: Site[] = [];
  private readonly initial: AssignStmt[] = [];
  private readonly outside: ProcessBuilder['place'];
  private plain: Value | undefined;

  constructor(name: string, span: Span, builder: ProcessBuilder) {
    this.name = name;
    this.builder = builder;
    this.target = new Target('returning', span, builder);
    this.outside = builder.place;
    // So that the variable has no past: what it held in an earlier call is nobody's business.
    builder.later(() => this.initial);
    this.target.arm();
  }

  /** A return statement. */
  take(value: Value, span: Span): Flow {
    const site: Site = { value, span, assigns: [] };
    if (this.builder.place === this.outside) this.plain = value;
    this.sites.push(site);
    this.builder.later(() => site.assigns);
    return jumpTo(this.target);
  }

  /** What the call gives, when the body is compiled and control leaves it like this. */
  value(flow: Flow, span: Span): Value {
    const nothing: Value = { kind: 'static', value: undefined };
    if (this.sites.length === 0) return nothing;
    if (this.sites.length === 1 && this.plain !== undefined) return this.plain;
    const values = this.sites.map((site) => site.value);
    const isNothing = (one: Value) => one.kind === 'static' && one.value === undefined;
    if (values.every(isNothing)) return nothing;
    if (flow.falls || values.some(isNothing)) {
      fail(
        'TW1032',
        span,
        `${this.name} returns a value on some paths, and none on others`,
        'Return a value on every path.',
      );
    }
    return this.merge(this.name, values);
  }

  private merge(name: string, values: readonly Value[]): Value {
    const [first] = values;
    if (values.some((one) => one.kind === 'poison')) return { kind: 'poison' };
    if (values.every((one) => same(one, first))) return first;
    if (first.kind === 'record' && values.every((one) => one.kind === 'record')) {
      const keys = [...first.fields.keys()];
      const alike = values.every(
        (one) => one.fields.size === keys.length && keys.every((key) => one.fields.has(key)),
      );
      if (alike) {
        const merged = keys.map((key): [string, Value] => [
          key,
          this.merge(
            `${name}_${key}`,
            values.map((one) => one.fields.get(key) ?? first),
          ),
        ]);
        return { ...first, fields: new Map(merged) };
      }
    }
    const operands = values.map((value, at) => toOperand(value, this.sites[at].span));
    const joined = operands.reduce((all, operand, at) => {
      const { expr, ...rest } = choose(anyCase, all, operand, this.sites[at].span);
      return { expr: { op: 'var', name, type: expr.type } as const, ...rest };
    });
    const { type } = joined.expr;
    const [{ span }] = this.sites;
    const variable = this.builder.declare(name, type, true, span);
    this.initial.push({ kind: 'assign', variable, value: zero(type), span });
    operands.forEach((operand, at) => {
      const site = this.sites[at];
      const value = cast(align(operand, joined, 'return', site.span).left, type);
      site.assigns.push({ kind: 'assign', variable, value, span: site.span });
    });
    return asValue({ ...joined, expr: { op: 'var', name: variable, type, span } });
  }
}

/** Stands for the choice between two returns, whose condition does not matter to their common type. */
const anyCase: Expr = { op: 'var', name: 'either', type: u1 };

function zero(type: Type): Expr {
  if (type.kind === 'int') return { op: 'const', type, value: 0n };
  return { op: 'const', type, value: Array.from({ length: lanesOf(type) }, () => 0n) };
}

/** Nothing that the hardware has to choose between. */
function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind === 'static' && b.kind === 'static') return Object.is(a.value, b.value);
  if (a.kind !== 'hw' || b.kind !== 'hw') return false;
  if (a.big !== b.big || a.fraction !== b.fraction) return false;
  const [x, y] = [a.expr, b.expr];
  return (
    x.op === 'const' &&
    y.op === 'const' &&
    x.value === y.value &&
    elementOf(x.type).width === elementOf(y.type).width &&
    elementOf(x.type).signed === elementOf(y.type).signed
  );
}
