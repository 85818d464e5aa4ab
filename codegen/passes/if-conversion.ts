import { cast } from '../ir/build.ts';
import { type Expr, type KernelIR, type Process, type Stmt, sameType } from '../ir/ir.ts';
import { variablesIn } from '../ir/rewrite.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../ir/visit.ts';

/**
 * if-conversion: an `if` that only chooses a value is a select.
 *
 *   if c                          y = add:u8(a, 1:u1)
 *     y = add:u8(a, 1:u1)    ⇒    x = select:u8(c, y, b)
 *     x = y
 *   else
 *     x = b
 *
 *   x = 0:u8
 *   if c                     ⇒    x = select:u8(c, a, 0:u8)
 *     x = a
 *
 * Both arms may only assign: variables of their own, which then are assigned in any case, and the same
 * others, each once; several only by a condition that is a variable. The second form counts as an else that assigns what stood before. So one assignment
 * is left of two, a variable that is assigned nowhere else becomes immutable, and later passes see its
 * value whole. An `if` that assigns in one arm alone stays: `form-blocks` makes an enable of it, and it
 * reads better.
 */
export const ifConversion = {
  name: 'if-conversion',
  description: 'an if that only chooses a value becomes a select',
  run(kernel: KernelIR): KernelIR {
    return { ...kernel, processes: kernel.processes.map(convert) };
  },
};

function convert(process: Process): Process {
  const mutable = new Set(process.variables.filter((one) => one.mutable).map(({ name }) => name));
  const body = convertList(process.body, mutable);
  if (body === undefined) return process;
  return { ...process, variables: settled(process, body), body };
}

/** Variables that only a select assigns now, and that nothing reads before, are immutable. */
function settled(process: Process, body: readonly Stmt[]): Process['variables'] {
  const count = (list: readonly Stmt[]) => {
    const found = new Map<string, number>();
    for (const one of allStatements(list)) {
      for (const name of definedBy(one)) found.set(name, (found.get(name) ?? 0) + 1);
    }
    return found;
  };
  const before = count(process.body);
  const after = count(body);
  const early = readFirst(body);
  return process.variables.map((one) =>
    one.mutable && before.get(one.name) !== 1 && after.get(one.name) === 1 && !early.has(one.name)
      ? { ...one, mutable: false }
      : one,
  );
}

/** Variables that may be read before their assignment, which then read 0 or a value of the turn before. */
function readFirst(body: readonly Stmt[]): ReadonlySet<string> {
  const early = new Set<string>();
  const read = (exprs: readonly Expr[], assigned: ReadonlySet<string>) => {
    for (const expr of exprs) {
      for (const name of variablesIn(expr)) if (!assigned.has(name)) early.add(name);
    }
  };
  const walk = (list: readonly Stmt[], outer: ReadonlySet<string>): Set<string> => {
    const assigned = new Set(outer);
    for (const one of list) {
      if (one.kind === 'if') {
        read([one.condition], assigned);
        const then = walk(one.then, assigned);
        const otherwise = walk(one.else, assigned);
        for (const name of then) if (otherwise.has(name)) assigned.add(name);
      } else if (one.kind === 'loop') {
        const started = walk(one.init, assigned);
        read([one.condition], started);
        walk(one.step, walk(one.body, started));
        for (const name of started) assigned.add(name);
      } else {
        read(expressionsOf(one), assigned);
        for (const name of definedBy(one)) assigned.add(name);
      }
    }
    return assigned;
  };
  walk(body, new Set());
  return early;
}

/** Undefined where nothing changes. */
function convertList(
  list: readonly Stmt[],
  mutable: ReadonlySet<string>,
): readonly Stmt[] | undefined {
  const made: Stmt[] = [];
  let changed = false;
  for (const one of list) {
    const inner = convertInside(one, mutable);
    changed ||= inner !== one;
    const flat = inner.kind === 'if' ? selects(inner, made, mutable) : undefined;
    if (flat === undefined) made.push(inner);
    else {
      made.splice(made.length - flat.replaced, flat.replaced, ...flat.statements);
      changed = true;
    }
  }
  return changed ? made : undefined;
}

function convertInside(one: Stmt, mutable: ReadonlySet<string>): Stmt {
  if (one.kind === 'loop') {
    const body = convertList(one.body, mutable);
    return body === undefined ? one : { ...one, body };
  }
  if (one.kind !== 'if') return one;
  const then = convertList(one.then, mutable);
  const otherwise = convertList(one.else, mutable);
  if (then === undefined && otherwise === undefined) return one;
  return { ...one, then: then ?? one.then, else: otherwise ?? one.else };
}

interface Arm {
  /** Assignments of the arm's own variables. */
  readonly own: readonly Extract<Stmt, { kind: 'assign' }>[];
  readonly values: ReadonlyMap<string, Expr>;
}

/** The parts of an arm that only assigns; undefined where it does more, or reads what it assigned. */
function armOf(list: readonly Stmt[], mutable: ReadonlySet<string>): Arm | undefined {
  const own: Extract<Stmt, { kind: 'assign' }>[] = [];
  const values = new Map<string, Expr>();
  for (const one of list) {
    if (one.kind !== 'assign' || values.has(one.variable)) return undefined;
    for (const name of variablesIn(one.value)) if (values.has(name)) return undefined;
    if (mutable.has(one.variable)) values.set(one.variable, one.value);
    else own.push(one);
  }
  return { own, values };
}

/** What stands for an `if` behind these statements, and how many of them it replaces. */
function selects(
  one: Extract<Stmt, { kind: 'if' }>,
  before: readonly Stmt[],
  mutable: ReadonlySet<string>,
): { readonly statements: readonly Stmt[]; readonly replaced: number } | undefined {
  const then = armOf(one.then, mutable);
  let otherwise = armOf(one.else, mutable);
  if (then === undefined || otherwise === undefined) return undefined;
  let replaced = 0;
  const last = before[before.length - 1];
  if (
    one.else.length === 0 &&
    then.values.size === 1 &&
    last?.kind === 'assign' &&
    then.values.has(last.variable) &&
    ![one.condition, ...then.values.values(), ...then.own.map(({ value }) => value)].some((expr) =>
      variablesIn(expr).has(last.variable),
    )
  ) {
    otherwise = { own: [], values: new Map([[last.variable, last.value]]) };
    replaced = 1;
  }
  const names = [...then.values.keys()];
  if (names.length === 0 || names.length !== otherwise.values.size) return undefined;
  // Several selects by a computed condition would compute it, and say it, several times.
  if (names.length > 1 && operandsOf(one.condition).length > 0) return undefined;
  const statements: Stmt[] = [...then.own, ...otherwise.own];
  const assigned = new Set<string>();
  for (const variable of names) {
    const a = then.values.get(variable);
    const b = otherwise.values.get(variable);
    if (a === undefined || b === undefined || !sameType(a.type, b.type)) return undefined;
    // One after another: none may read what a select before it has assigned.
    for (const expr of [one.condition, a, b]) {
      for (const name of variablesIn(expr)) if (assigned.has(name)) return undefined;
    }
    assigned.add(variable);
    const { type } = a;
    const value: Expr = {
      op: 'select',
      type,
      condition: one.condition,
      then: cast(a, type),
      else: cast(b, type),
      ...(one.span === undefined ? {} : { span: one.span }),
    };
    statements.push({
      kind: 'assign',
      variable,
      value,
      ...(one.span === undefined ? {} : { span: one.span }),
    });
  }
  return { statements, replaced };
}
