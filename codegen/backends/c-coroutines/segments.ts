import type { Access } from '../../ir/endpoints.ts';
import type { Expr, IfStmt, LoopStmt, Stmt } from '../../ir/ir.ts';
import { allStatements } from '../../ir/visit.ts';

/** So many accesses of one kind to one stream or memory. */
export interface Need {
  readonly access: Access;
  /** The stream or memory. */
  readonly name: string;
  readonly count: number;
}

/** Statements that run without a pause once all that they need is there. */
export interface Run {
  readonly kind: 'run';
  readonly statements: readonly Stmt[];
  readonly needs: readonly Need[];
  /** Where the process waits for the needs: numbers from 1 in the order of the code; 0 where it needs nothing. */
  readonly point: number;
}

export interface PausingIf {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly source: IfStmt;
  readonly then: Segments;
  readonly else: Segments;
}

export interface PausingLoop {
  readonly kind: 'loop';
  readonly source: LoopStmt;
  readonly body: Segments;
}

export type Segment = Run | PausingIf | PausingLoop;

/** Segments one after another, and the first and last point in them; 0 where there is none. */
export interface Segments {
  readonly list: readonly Segment[];
  readonly first: number;
  readonly last: number;
}

/** What a statement does to a stream or memory; undefined for any other. */
export function accessOf(stmt: Stmt): Omit<Need, 'count'> | undefined {
  switch (stmt.kind) {
    case 'read':
    case 'write':
      return { access: stmt.kind, name: stmt.stream };
    case 'request':
    case 'receive':
    case 'send':
    case 'response':
      return { access: stmt.kind, name: stmt.memory };
    default:
      return undefined;
  }
}

/** A loop or an `if` in which the process may have to wait. */
function pauses(stmt: Stmt): stmt is IfStmt | LoopStmt {
  if (stmt.kind !== 'if' && stmt.kind !== 'loop') return false;
  for (const one of allStatements([stmt])) if (accessOf(one) !== undefined) return true;
  return false;
}

/** More requests at once than this would not leave the queue of requests room to flow. */
const mostRequests = 16;

/** Whether a statement has to wait by itself, behind those before it. */
function waitsFor(before: readonly Stmt[], stmt: Stmt): boolean {
  const one = accessOf(stmt);
  if (one === undefined || stmt.kind === 'read' || stmt.kind === 'write') return false;
  const requests = before.filter((other) => {
    const { access, name } = accessOf(other) ?? {};
    return access === 'request' && name === one.name;
  }).length;
  // What a process takes of a memory may be what it asked for just before.
  return one.access === 'request' ? requests >= mostRequests : requests > 0;
}

function needsOf(statements: readonly Stmt[]): Need[] {
  const found = new Map<string, Need>();
  for (const stmt of statements) {
    const one = accessOf(stmt);
    if (one === undefined) continue;
    const key = `${one.access} ${one.name}`;
    found.set(key, { ...one, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

/**
 * Cuts the code of a process where it may have to wait. A run of statements waits once, at its start, for
 * everything that it needs: what a process reads never depends on what it writes, since processes form no
 * cycle, so nothing is held up for ever by waiting for all at once. An access inside an `if` is waited for
 * there: it may never be needed.
 */
export function segmentsOf(statements: readonly Stmt[]): Segments {
  let points = 0;
  const cut = (list: readonly Stmt[]): Segments => {
    const before = points;
    const result: Segment[] = [];
    let straight: Stmt[] = [];
    const flush = (): void => {
      if (straight.length === 0) return;
      const needs = needsOf(straight);
      if (needs.length > 0) points += 1;
      const point = needs.length > 0 ? points : 0;
      result.push({ kind: 'run', statements: straight, needs, point });
      straight = [];
    };
    for (const stmt of list) {
      if (!pauses(stmt)) {
        if (waitsFor(straight, stmt)) flush();
        straight.push(stmt);
        continue;
      }
      flush();
      if (stmt.kind === 'loop') {
        result.push({ kind: 'loop', source: stmt, body: cut(stmt.body) });
      } else {
        const { condition } = stmt;
        const then = cut(stmt.then);
        result.push({ kind: 'if', condition, source: stmt, then, else: cut(stmt.else) });
      }
    }
    flush();
    const any = points > before;
    return { list: result, first: any ? before + 1 : 0, last: any ? points : 0 };
  };
  return cut(statements);
}

/** All runs of statements, in order. */
export function* runsOf({ list }: Segments): Generator<Run> {
  for (const one of list) {
    if (one.kind === 'run') yield one;
    else if (one.kind === 'loop') yield* runsOf(one.body);
    else {
      yield* runsOf(one.then);
      yield* runsOf(one.else);
    }
  }
}

/** The last point in a segment; 0 where there is none. */
export function lastOf(segment: Segment): number {
  if (segment.kind === 'run') return segment.point;
  if (segment.kind === 'loop') return segment.body.last;
  return Math.max(segment.then.last, segment.else.last);
}
