import {
  type BinaryOp,
  type Expr,
  type IntType,
  intType,
  type ReduceOp,
  type Type,
  u1,
  type VecType,
  vecType,
} from '../../codegen/ir/ir.ts';
import { c, s, u, v } from './ir-text.ts';

/** What the expressions of one process may name. */
export interface Names {
  readonly variables: readonly { readonly name: string; readonly type: Type }[];
  readonly scalars: readonly { readonly name: string; readonly type: IntType }[];
  readonly tables: readonly {
    readonly name: string;
    readonly element: IntType;
    readonly values: readonly bigint[];
  }[];
}

/** Random well-typed expressions over every operator, width and vector shape. */
export class ExpressionMaker {
  private readonly random: () => number;
  private readonly names: Names;

  constructor(random: () => number, names: Names) {
    this.random = random;
    this.names = names;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  intType(): IntType {
    const width = this.pick([1, 2, 3, 5, 7, 8, 9, 12, 16, 17, 22, 31, 32, 33, 40, 48, 63, 64]);
    return intType(this.random() < 0.5, width);
  }

  /** An expression of exactly this type. */
  make(type: Type, depth: number): Expr {
    return type.kind === 'int' ? this.integer(type, depth) : this.vector(type, depth);
  }

  private constant(type: IntType): Expr {
    const top = 1n << BigInt(type.signed ? type.width - 1 : type.width);
    const least = type.signed ? -top : 0n;
    const values = [least, least + 1n, -1n, 0n, 1n, 2n, 100n, top - 2n, top - 1n];
    return c(this.pick(values.filter((one) => one >= least && one < top)), type);
  }

  private leaf(type: IntType): Expr {
    const { variables, scalars } = this.names;
    const same = [
      ...variables.filter((one) => one.type.kind === 'int').map(({ name, type: t }) => v(name, t)),
      ...scalars.map(({ name, type: t }) => s(name, t)),
    ];
    if (this.random() < 0.25) return this.constant(type);
    return { op: 'cast', type, operand: this.pick(same) };
  }

  private condition(depth: number): Expr {
    return this.integer(u1, depth);
  }

  private amount(lanes: number, depth: number): Expr {
    const element = u(this.pick([1, 3, 4, 6, 7, 12, 40]));
    const type = lanes > 1 && this.random() < 0.5 ? vecType(element, lanes) : element;
    return this.make(type, depth);
  }

  private comparison(lanes: number, depth: number): Expr {
    const type = lanes > 1 ? vecType(u1, lanes) : u1;
    const side = (vector: boolean): Expr =>
      this.make(vector ? vecType(this.intType(), lanes) : this.intType(), depth);
    const op = this.pick<BinaryOp>(['eq', 'ne', 'lt', 'le']);
    // Often two of one type, which may be equal.
    if (this.random() < 0.3) {
      const both = lanes > 1 ? vecType(this.intType(), lanes) : this.intType();
      return { op, type, left: this.make(both, depth), right: this.make(both, depth) };
    }
    const vectors =
      lanes > 1
        ? this.pick([
            [true, true],
            [true, false],
            [false, true],
          ])
        : [false, false];
    return { op, type, left: side(vectors[0]), right: side(vectors[1]) };
  }

  /** Operators that work on integers and lane by lane alike. */
  private common(type: Type, depth: number): Expr {
    const lanes = type.kind === 'vec' ? type.lanes : 1;
    const operand = (scalarToo = true): Expr => {
      const element = this.intType();
      const vector = lanes > 1 && !(scalarToo && this.random() < 0.3);
      return this.make(vector ? vecType(element, lanes) : element, depth);
    };
    const ring = (): Expr => {
      const op = this.pick<BinaryOp>(['add', 'sub', 'mul', 'and', 'or', 'xor']);
      return { op, type, left: operand(false), right: operand() };
    };
    const makers: readonly (() => Expr)[] = [
      ring,
      ring,
      () => ({ op: 'shl', type, left: operand(), right: this.amount(lanes, depth) }),
      () => ({ op: 'shr', type, left: operand(), right: this.amount(lanes, depth) }),
      () => ({ op: 'cast', type, operand: operand() }),
      () => ({ op: 'saturate', type, operand: operand() }),
      () => ({ op: 'not', type, operand: operand() }),
      () => ({
        op: 'select',
        type,
        condition:
          lanes > 1 && this.random() < 0.5
            ? this.make(vecType(u1, lanes), depth)
            : this.condition(depth),
        then: this.make(type, depth),
        else: this.make(type, depth),
      }),
    ];
    return this.pick(makers)();
  }

  private integer(type: IntType, depth: number): Expr {
    if (depth <= 0) return this.leaf(type);
    const below = depth - 1;
    const isCondition = type.width === 1 && !type.signed;
    const choice = this.random();
    if (isCondition && choice < 0.4) return this.comparison(1, below);
    if (isCondition && choice < 0.6) {
      const op = this.pick<BinaryOp>(['and', 'or', 'xor']);
      return { op, type, left: this.condition(below), right: this.condition(below) };
    }
    if (choice < 0.15) {
      const vector = this.make(vecType(this.intType(), this.pick([2, 4, 8])), below);
      const reduce = this.pick<ReduceOp>(['or', 'and', 'add', 'min', 'max']);
      return { op: 'reduce', type, reduce, vector };
    }
    if (choice < 0.25) {
      const vector = this.make(vecType(type, this.pick([2, 4, 8])), below);
      const index = this.random() < 0.3 ? c(this.below(2), u(3)) : this.make(this.intType(), below);
      return { op: 'lane', type, vector, index };
    }
    if (choice < 0.3) {
      const table = this.pick(this.names.tables);
      const read: Expr = {
        op: 'table',
        type: table.element,
        table: table.name,
        index: this.make(this.random() < 0.5 ? u(3) : this.intType(), below),
      };
      return { op: 'cast', type, operand: read };
    }
    return this.common(type, below);
  }

  private vector(type: VecType, depth: number): Expr {
    const { element, lanes } = type;
    const named = this.names.variables.filter(
      (one) => one.type.kind === 'vec' && one.type.lanes === lanes,
    );
    if (depth <= 0) {
      if (named.length > 0 && this.random() < 0.8) {
        const { name, type: from } = this.pick(named);
        return { op: 'cast', type, operand: v(name, from) };
      }
      const values = Array.from(
        { length: lanes },
        () => this.constant(element) as { value: bigint },
      );
      return { op: 'const', type, value: values.map(({ value }) => value) };
    }
    const below = depth - 1;
    const choice = this.random();
    if (element.width === 1 && !element.signed && choice < 0.5)
      return this.comparison(lanes, below);
    if (choice < 0.1) {
      const elements = Array.from({ length: lanes }, () => this.make(element, below - 1));
      return { op: 'build', type, elements };
    }
    if (choice < 0.2) {
      const source = vecType(element, this.pick([2, 4, 8]));
      const order = this.pick<(l: number) => number>([
        (l) => (l + 1) % source.lanes,
        (l) => (source.lanes * 8 - 1 - l) % source.lanes,
        () => this.below(source.lanes),
        () => 1,
      ]);
      const lanesOfSource = Array.from({ length: lanes }, (_, l) => order(l));
      return { op: 'shuffle', type, vector: this.make(source, below), lanes: lanesOfSource };
    }
    if (choice < 0.3) {
      return {
        op: 'with-lane',
        type,
        vector: this.make(type, below),
        index: this.make(this.random() < 0.5 ? u(3) : this.intType(), below - 1),
        value: this.make(this.random() < 0.7 ? element : this.intType(), below - 1),
      };
    }
    if (choice < 0.4 && lanes > 2) {
      const half = vecType(element, lanes / 2);
      return { op: 'concat', type, vectors: [this.make(half, below), this.make(half, below)] };
    }
    if (choice < 0.5) {
      const counting = Array.from({ length: lanes }, (_, l) => BigInt(l));
      return {
        op: 'cast',
        type,
        operand: { op: 'const', type: vecType(u(3), lanes), value: counting },
      };
    }
    return this.common(type, below);
  }
}
