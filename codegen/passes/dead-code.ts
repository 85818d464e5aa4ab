import { endpoints } from '../ir/endpoints.ts';
import type { AssignStmt, Expr, KernelIR, Process, Stmt } from '../ir/ir.ts';
import { variablesIn, withoutUnused } from '../ir/rewrite.ts';
import { uniform } from '../ir/simplify.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../ir/visit.ts';

/**
 * dead-code: takes away what no output depends on.
 *
 *   stream s depth 4 { a: u8, b: u8 }      stream s depth 4 { a: u8 }
 *   b = mul:u8(a, a)                         if c
 *   if 1:u1                                    write s a
 *     if c                              ⇒    …
 *       write s a, b                         a = read s
 *   …
 *   a, _ = read s
 *
 * Gone are: assignments and loads that nobody reads (a variable that only feeds itself too); branches that
 * are never taken; loops that never run; fields of a stream that no read takes; tables, arrays and
 * variables that are not named. An access stays even where its value is not used: it moves the stream or
 * the memory on. A branch stays where it is the only place that uses a stream or memory that others use
 * too, since each needs both its ends. A loop that only counts stays: it might not end.
 */
export const deadCode = {
  name: 'dead-code',
  description: 'what no output depends on',
  run(kernel: KernelIR): KernelIR {
    // A field or a store that goes makes what computed its value dead in the next round.
    for (let before = kernel; ; ) {
      const after = once(before);
      if (sizeOf(after) === sizeOf(before)) return after;
      before = after;
    }
  },
};

function sizeOf({ streams, processes }: KernelIR): number {
  const fields = streams.reduce((sum, one) => sum + one.fields.length, 0);
  return processes.reduce((sum, { body }) => sum + [...allStatements(body)].length, fields);
}

function once(kernel: KernelIR): KernelIR {
  const reached: KernelIR = withoutUnreached(kernel);
  const lean = { ...reached, processes: reached.processes.map(withoutUnread) };
  return withoutTables(withoutFields(withoutStreams(lean)));
}

/** What decided conditions leave. */
function withoutUnreached(kernel: KernelIR): KernelIR {
  const prune = (keep: (dropped: readonly Stmt[]) => boolean): KernelIR => ({
    ...kernel,
    processes: kernel.processes.map((process) => ({
      ...process,
      body: reachable(process.body, keep),
    })),
  });
  const left = endpoints(prune(() => false));
  const used = (resource: string) =>
    ['read', 'write', 'request', 'receive', 'send', 'response'].some((access) =>
      left.has(`${access} ${resource}`),
    );
  const streams = new Set(kernel.streams.map(({ name }) => name));
  return prune((dropped) =>
    [...allStatements(dropped)].some((one) => {
      const resource = 'stream' in one ? one.stream : 'memory' in one ? one.memory : undefined;
      if (resource === undefined || left.has(`${one.kind} ${resource}`)) return false;
      return !streams.has(resource) || used(resource);
    }),
  );
}

function reachable(
  list: readonly Stmt[],
  keep: (dropped: readonly Stmt[]) => boolean,
): readonly Stmt[] {
  return list.flatMap((one): readonly Stmt[] => {
    if (one.kind === 'loop') {
      const body = reachable(one.body, keep);
      return uniform(one.condition) === 0n && !keep(body) ? one.init : [{ ...one, body }];
    }
    if (one.kind !== 'if') return [one];
    const decided = uniform(one.condition);
    const [taken, dropped] = decided === 0n ? [one.else, one.then] : [one.then, one.else];
    if (decided !== undefined && !keep(dropped)) return reachable(taken, keep);
    return [{ ...one, then: reachable(one.then, keep), else: reachable(one.else, keep) }];
  });
}

/** The process without assignments, loads and targets of reads that nobody reads afterwards. */
function withoutUnread(process: Process): Process {
  const { list } = live(process.body, new Set());
  const arrays = new Set(
    [...allStatements(list)].flatMap((one) => (one.kind === 'load' ? [one.array] : [])),
  );
  const body = withoutStores(list, arrays);
  const named = new Set<string>();
  for (const one of allStatements(body)) {
    for (const name of definedBy(one)) named.add(name);
    for (const expr of expressionsOf(one)) variablesIn(expr, named);
  }
  return withoutUnused(
    { ...process, body, arrays: process.arrays.filter(({ name }) => arrays.has(name)) },
    named,
  );
}

/** Stores into arrays that nobody loads from do nothing. */
function withoutStores(list: readonly Stmt[], loaded: ReadonlySet<string>): readonly Stmt[] {
  return list.flatMap((one): readonly Stmt[] => {
    if (one.kind === 'store') return loaded.has(one.array) ? [one] : [];
    if (one.kind === 'loop') return [{ ...one, body: withoutStores(one.body, loaded) }];
    if (one.kind !== 'if') return [one];
    const then = withoutStores(one.then, loaded);
    const otherwise = withoutStores(one.else, loaded);
    return then.length + otherwise.length === 0 ? [] : [{ ...one, then, else: otherwise }];
  });
}

interface Lively<T extends Stmt = Stmt> {
  readonly list: readonly T[];
  /** Variables that are read at or after the first statement before they are assigned. */
  readonly before: ReadonlySet<string>;
}

/** Walks backwards with the variables that are read later. */
function live<T extends Stmt>(list: readonly T[], after: ReadonlySet<string>): Lively<T> {
  const needed = new Set(after);
  const kept: T[] = [];
  const read = (exprs: readonly Expr[]) => {
    for (const expr of exprs) variablesIn(expr, needed);
  };
  for (const one of [...list].reverse() as Stmt[]) {
    switch (one.kind) {
      case 'assign':
      case 'load': {
        const name = one.kind === 'assign' ? one.variable : one.into;
        if (!needed.has(name) || isSelf(one)) break;
        needed.delete(name);
        read(expressionsOf(one));
        kept.push(one as T);
        break;
      }
      case 'read': {
        const into = one.into.map((name) =>
          name !== undefined && needed.has(name) ? name : undefined,
        );
        for (const name of into) if (name !== undefined) needed.delete(name);
        kept.push({ ...one, into } as Stmt as T);
        break;
      }
      case 'if': {
        const then = live(one.then, needed);
        const otherwise = live(one.else, needed);
        if (then.list.length + otherwise.list.length === 0) break;
        needed.clear();
        for (const name of [...then.before, ...otherwise.before]) needed.add(name);
        read([one.condition]);
        kept.push({ ...one, then: then.list, else: otherwise.list } as Stmt as T);
        break;
      }
      case 'loop': {
        read([one.condition]);
        // What one iteration reads, the one before must have left: until nothing is added.
        let body: Lively = { list: one.body, before: needed };
        let step: Lively<AssignStmt> = { list: one.step, before: needed };
        for (let size = -1; size !== needed.size; ) {
          size = needed.size;
          step = live(one.step, needed);
          body = live(one.body, step.before);
          for (const name of body.before) needed.add(name);
        }
        const init = live(one.init, needed);
        needed.clear();
        for (const name of init.before) needed.add(name);
        const loop = { ...one, init: init.list, body: body.list, step: step.list };
        kept.push(loop as Stmt as T);
        break;
      }
      default:
        for (const name of definedBy(one)) needed.delete(name);
        read(expressionsOf(one));
        kept.push(one as T);
    }
  }
  return { list: kept.reverse(), before: needed };
}

/** `x = x`. */
function isSelf(one: Stmt): boolean {
  return one.kind === 'assign' && one.value.op === 'var' && one.value.name === one.variable;
}

/** Streams that nobody writes or reads any more. */
function withoutStreams(kernel: KernelIR): KernelIR {
  const ends = endpoints(kernel);
  const streams = kernel.streams.filter(
    ({ name }) => ends.has(`write ${name}`) || ends.has(`read ${name}`),
  );
  return streams.length === kernel.streams.length ? kernel : { ...kernel, streams };
}

/** Fields that no read takes; the last one stays, since the element itself says that there is one. */
function withoutFields(kernel: KernelIR): KernelIR {
  const taken = new Map<string, Set<number>>(kernel.streams.map(({ name }) => [name, new Set()]));
  for (const process of kernel.processes) {
    for (const one of allStatements(process.body)) {
      if (one.kind !== 'read') continue;
      one.into.forEach((name, at) => {
        if (name !== undefined) taken.get(one.stream)?.add(at);
      });
    }
  }
  const kept = new Map(
    kernel.streams.map(({ name, fields }) => {
      const used = taken.get(name) ?? new Set();
      const all = fields.map((_, at) => at);
      const some = all.filter((at) => used.has(at));
      return [name, some.length > 0 ? some : all.slice(0, 1)] as const;
    }),
  );
  const changed = kernel.streams.some(
    ({ name, fields }) => kept.get(name)?.length !== fields.length,
  );
  if (!changed) return kernel;
  const pick = <T>(stream: string, list: readonly T[]): T[] =>
    (kept.get(stream) ?? []).map((at) => list[at]);
  const rewrite = (list: readonly Stmt[]): readonly Stmt[] =>
    list.map((one): Stmt => {
      switch (one.kind) {
        case 'read':
          return { ...one, into: pick(one.stream, one.into) };
        case 'write':
          return { ...one, values: pick(one.stream, one.values) };
        case 'if':
          return { ...one, then: rewrite(one.then), else: rewrite(one.else) };
        case 'loop':
          return { ...one, body: rewrite(one.body) };
        default:
          return one;
      }
    });
  return {
    ...kernel,
    streams: kernel.streams.map((one) => ({ ...one, fields: pick(one.name, one.fields) })),
    processes: kernel.processes.map((one) => ({ ...one, body: rewrite(one.body) })),
  };
}

function withoutTables(kernel: KernelIR): KernelIR {
  const used = new Set<string>();
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    if (expr.op === 'table') used.add(expr.table);
    for (const operand of operandsOf(expr)) visit(operand);
  };
  for (const process of kernel.processes) {
    for (const one of allStatements(process.body)) expressionsOf(one).forEach(visit);
  }
  return { ...kernel, tables: kernel.tables.filter(({ name }) => used.has(name)) };
}
