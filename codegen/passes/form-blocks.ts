import type { BlockOp, BlockProcess, Next } from '../ir/blocks.ts';
import { binary, cast, not as negation, select } from '../ir/build.ts';
import { Interner } from '../ir/intern.ts';
import {
  type AssertStmt,
  type Expr,
  type LoadStmt,
  type PrintStmt,
  type Process,
  type Span,
  type Stmt,
  type StoreStmt,
  type Type,
  typeForRange,
  u1,
} from '../ir/ir.ts';
import { variablesOf } from '../ir/reads.ts';
import { allStatements } from '../ir/visit.ts';
import { type Arms, type Draft, excluded, type GuardedOp } from './block-draft.ts';
import { BranchLocals } from './branch-locals.ts';
import { type Formed, finishBlocks } from './finish-blocks.ts';
import { decide } from './next-blocks.ts';
import { Parted } from './opposed-accesses.ts';
import { substitute } from './substitute.ts';

/**
 * form-blocks: structured code → blocks.
 *
 *   x = read s; if c { y = add(x, y) }; loop lt(i, n) { write t y; step i = add(i, 1) }
 *   ⇒ block 0: read s; y := c ? x + y : y; next i < n ? 1 : end
 *     block 1: write t y; i := i + 1; next i + 1 < n ? 1 : end
 *
 * An `if` without a loop inside becomes predicates (if-conversion), loops are tested at their end, and a
 * block that uses a stream or memory port twice is split, since each serves one access a cycle. So is one with
 * accesses that are `parted`.
 */
export function formBlocks(process: Process, parted = new Parted()): BlockProcess {
  return finishBlocks(new BlockFormer(process, parted));
}

/** A condition that encloses the statements being walked; `expr` changes when a block is split. */
interface Guard {
  expr: Expr;
  readonly arm: number;
  /** The `if` that it belongs to. */
  readonly choice: object;
}

class BlockFormer implements Formed {
  readonly process: Process;
  readonly interner = new Interner();
  readonly types = new Map<string, Type>();
  private readonly mutable = new Set<string>();
  readonly names = new Map<Expr, string>();
  readonly drafts: Draft[] = [];
  private current: Draft;
  private readonly guards: Guard[] = [];
  private readonly branchLocals: BranchLocals;
  /** How many guards enclose the branch that a variable lives in. */
  private readonly depthOf = new Map<string, number>();
  private saved = 0;
  private readonly parted: Parted;

  constructor(process: Process, parted: Parted) {
    this.process = process;
    this.parted = parted;
    this.branchLocals = new BranchLocals(process);
    for (const { name, type, mutable } of process.variables) {
      this.types.set(name, type);
      if (mutable) this.mutable.add(name);
    }
    this.current = this.open(process.span);
    this.walk(process.body);
    this.close({ kind: 'goto', block: undefined });
  }

  private open(span: Span): Draft {
    const draft: Draft = {
      ops: [],
      env: new Map(),
      next: { kind: 'goto', block: undefined },
      span,
      closed: false,
    };
    this.drafts.push(draft);
    this.current = draft;
    return draft;
  }

  private close(next: Next): void {
    this.current.next = next;
    this.current.closed = true;
  }

  private numberOf(draft: Draft): number {
    return this.drafts.indexOf(draft);
  }

  leaf(name: string): Expr {
    const type = this.types.get(name);
    if (type === undefined) throw new Error(`variable ${name} has no type`);
    return this.interner.intern({ op: 'var', name, type });
  }

  /** An expression over variables as they were when the current block began. */
  private now(expr: Expr): Expr {
    return this.interner.intern(substitute(expr, (name) => this.current.env.get(name)));
  }

  /** The conditions in force, but for the outer ones. */
  private predicate(outer = 0): Expr | undefined {
    let all: Expr | undefined;
    for (const guard of this.guards.slice(outer)) {
      all = all === undefined ? guard.expr : binary('and', u1, all, guard.expr);
    }
    return all === undefined ? undefined : this.interner.intern(all);
  }

  private walk(statements: readonly Stmt[]): void {
    for (const statement of statements) this.statement(statement);
  }

  private statement(statement: Stmt): void {
    switch (statement.kind) {
      case 'assign':
        this.assign(statement.variable, this.now(statement.value));
        return;
      case 'read':
        this.access('read', statement.stream, [], statement.into, statement.span);
        return;
      case 'write':
        this.access('write', statement.stream, statement.values, [], statement.span);
        return;
      case 'request':
        this.access(
          'request',
          statement.memory,
          [statement.beat, statement.beats],
          [],
          statement.span,
        );
        return;
      case 'receive':
        this.access('receive', statement.memory, [], [statement.into], statement.span);
        return;
      case 'send':
        this.access('send', statement.memory, [statement.value], [], statement.span);
        return;
      case 'response':
        this.access('response', statement.memory, [], [], statement.span);
        return;
      case 'load':
        // Whatever this block has stored before must be seen.
        if (this.hasStored(statement.array)) this.split();
        this.access(
          'load',
          statement.array,
          [this.address(statement)],
          [statement.into],
          statement.span,
        );
        return;
      case 'store':
        this.access(
          'store',
          statement.array,
          [this.address(statement), statement.value],
          [],
          statement.span,
        );
        return;
      case 'print':
      case 'assert':
        this.log(statement);
        return;
      case 'if':
        if (hasLoop([...statement.then, ...statement.else])) this.branch(statement);
        else this.predicated(statement);
        return;
      case 'loop':
        this.loop(statement);
        return;
    }
  }

  private assign(name: string, value: Expr): void {
    const predicate = this.mutable.has(name) ? this.predicate(this.depthOf.get(name)) : undefined;
    const before = this.current.env.get(name) ?? this.leaf(name);
    const after =
      predicate === undefined ? value : this.interner.intern(this.choice(predicate, value, before));
    this.current.env.set(name, after);
    const plain = value.op !== 'const' && value.op !== 'var' && value.op !== 'scalar';
    if (plain && !this.names.has(value)) this.names.set(value, name);
    if (after !== value && !this.names.has(after) && after.op !== 'var')
      this.names.set(after, name);
  }

  /** The other branch of an `if` that assigned the variable too has no past to keep. */
  private choice(predicate: Expr, value: Expr, before: Expr): Expr {
    if (before.op === 'select' && before.condition.type.kind === 'int') {
      const other = this.interner.intern(negation(before.condition));
      if (other === predicate) return select(before.condition, before.then, value, value.type);
    }
    return select(predicate, value, before, value.type);
  }

  private access(
    kind: BlockOp['kind'],
    resource: string,
    args: readonly Expr[],
    into: readonly (string | undefined)[],
    span: Span | undefined,
  ): void {
    if (this.partedHere({ kind, resource }, args)) this.split();
    const known = this.current.ops.find((op) => op.kind === kind && op.resource === resource);
    if (known !== undefined) {
      if (this.again(known, args, into) || this.join(known, args, into)) return;
      this.split();
    }
    const predicate = this.predicate();
    this.current.ops.push({
      kind,
      resource,
      places: [this.place()],
      ...(predicate === undefined ? {} : { predicate }),
      args: args.map((one) => this.now(one)),
      into,
      ...(span === undefined ? {} : { span }),
    });
    for (const name of into) if (name !== undefined) this.current.env.set(name, this.leaf(name));
  }

  private partedHere(access: Pick<BlockOp, 'kind' | 'resource'>, args: readonly Expr[]): boolean {
    const guard = this.predicate();
    const exprs = [...(guard === undefined ? [] : [guard]), ...args.map((one) => this.now(one))];
    const needed = new Set(exprs.flatMap((one) => [...variablesOf(one)]));
    return this.current.ops.some((op) => this.parted.from(op, access, needed));
  }

  /** A load of the element that the block has loaded already, and not stored since: the same value. */
  private again(
    first: GuardedOp,
    args: readonly Expr[],
    into: readonly (string | undefined)[],
  ): boolean {
    const [name] = first.into;
    const [target] = into;
    if (first.kind !== 'load' || name === undefined || target === undefined) return false;
    const everywhere = first.predicate === undefined || first.predicate === this.predicate();
    if (!everywhere || this.now(args[0]) !== first.args[0]) return false;
    this.current.env.set(target, this.leaf(name));
    return true;
  }

  /**
   * The same access in another arm of an `if`: one operation does for both, since only one happens.
   * False where the second needs what comes after the first.
   */
  private join(
    first: GuardedOp,
    args: readonly Expr[],
    into: readonly (string | undefined)[],
  ): boolean {
    const place = this.place();
    const here = this.predicate();
    if (here === undefined || !excluded(place, first)) return false;
    const others = args.map((one) => this.now(one));
    const at = this.current.ops.indexOf(first);
    const later = new Set(this.current.ops.slice(at).flatMap((op) => op.into));
    if ([here, ...others].some((one) => [...variablesOf(one)].some((name) => later.has(name))))
      return false;
    const names = first.into.map((name, field) => name ?? into[field]);
    const { predicate } = first;
    this.current.ops[at] = {
      ...first,
      ...(predicate === undefined
        ? {}
        : { predicate: this.interner.intern(binary('or', u1, predicate, here)) }),
      args: first.args.map((one, arg) =>
        one === others[arg] ? one : this.interner.intern(select(here, others[arg], one, one.type)),
      ),
      into: names,
      places: [...first.places, place],
    };
    into.forEach((name, field) => {
      const result = names[field];
      if (name !== undefined && result !== undefined) this.current.env.set(name, this.leaf(result));
    });
    return true;
  }

  private log(statement: PrintStmt | AssertStmt): void {
    const guard = this.predicate();
    const failed =
      statement.kind === 'assert' ? negation(this.now(statement.condition)) : undefined;
    const predicate =
      failed === undefined
        ? guard
        : this.interner.intern(guard === undefined ? failed : binary('and', u1, guard, failed));
    this.current.ops.push({
      kind: 'log',
      resource: 'log',
      places: [this.place()],
      ...(predicate === undefined ? {} : { predicate }),
      args: statement.values.map((one) => this.now(one)),
      into: [],
      log: { text: statement.text, failure: statement.kind === 'assert' },
      ...(statement.span === undefined ? {} : { span: statement.span }),
    });
  }

  private hasStored(array: string): boolean {
    const place = this.place();
    return this.current.ops.some(
      (op) => op.kind === 'store' && op.resource === array && !excluded(place, op),
    );
  }

  /** The index in as many bits as the array's address has. */
  private address({ array, index }: LoadStmt | StoreStmt): Expr {
    const length = this.process.arrays.find((one) => one.name === array)?.length ?? 1;
    return cast(index, typeForRange(0n, BigInt(length - 1)), index.span);
  }

  private place(): Arms {
    return new Map(this.guards.map(({ choice, arm }) => [choice, arm]));
  }

  /** Goes on in a new block; conditions in force are kept in variables of their own. */
  private split(): void {
    for (const guard of this.guards) {
      if (guard.expr.op === 'const') continue;
      const name = `condition_${this.saved++}`;
      this.types.set(name, u1);
      this.current.env.set(name, guard.expr);
      guard.expr = this.leaf(name);
    }
    const next = this.drafts.length;
    this.close({ kind: 'goto', block: next });
    this.open(this.current.span);
  }

  private predicated(statement: Extract<Stmt, { kind: 'if' }>): void {
    const choice = {};
    const guard: Guard = { expr: this.now(statement.condition), arm: 0, choice };
    this.guards.push(guard);
    this.arm(statement.then);
    this.guards.pop();
    if (statement.else.length === 0) return;
    // The guard's own expression: it changes where a block is split in the first arm.
    const otherwise = this.interner.intern(negation(guard.expr));
    this.guards.push({ expr: otherwise, arm: 1, choice });
    this.arm(statement.else);
    this.guards.pop();
  }

  private arm(statements: readonly Stmt[]): void {
    for (const name of this.branchLocals.of(statements)) {
      if (!this.depthOf.has(name)) this.depthOf.set(name, this.guards.length);
    }
    this.walk(statements);
  }

  private branch(statement: Extract<Stmt, { kind: 'if' }>): void {
    const condition = this.now(statement.condition);
    const before = this.current;
    this.close(before.next);
    const span = statement.span ?? before.span;
    const then = this.open(span);
    this.walk(statement.then);
    const thenEnd = this.current;
    const otherwise = this.open(span);
    this.walk(statement.else);
    const elseEnd = this.current;
    const after = this.open(span);
    const join: Next = { kind: 'goto', block: this.numberOf(after) };
    thenEnd.next = join;
    elseEnd.next = join;
    before.next = {
      kind: 'branch',
      condition,
      then: { kind: 'goto', block: this.numberOf(then) },
      else: { kind: 'goto', block: this.numberOf(otherwise) },
    };
  }

  private loop(statement: Extract<Stmt, { kind: 'loop' }>): void {
    this.walk(statement.init);
    const entry = this.current;
    const enter = this.now(statement.condition);
    this.close(entry.next);
    const span = statement.span ?? entry.span;
    const body = this.open(span);
    if (statement.ii !== undefined) body.ii = statement.ii;
    this.walk(statement.body);
    this.walk(statement.step);
    const end = this.current;
    const again = this.now(statement.condition);
    const after = this.open(entry.span);
    const [into, out]: Next[] = [body, after].map((draft) => ({
      kind: 'goto',
      block: this.numberOf(draft),
    }));
    entry.next = decide(enter, into, out);
    end.next = decide(again, into, out);
  }
}

function hasLoop(statements: readonly Stmt[]): boolean {
  return [...allStatements(statements)].some((one) => one.kind === 'loop');
}
