import { declaringStmt } from '../../ir/declaring.ts';
import { type Access, endpoints } from '../../ir/endpoints.ts';
import {
  type Expr,
  type KernelIR,
  type Memory,
  type Process,
  type Stmt,
  type Stream,
  type Type,
  typeText,
  type VecType,
} from '../../ir/ir.ts';
import { variablesOf } from '../../ir/reads.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../../ir/visit.ts';
import type { NameScope } from '../../support/name-scope.ts';
import { Constants } from './constants.ts';
import { runsOf, type Segment, type Segments, segmentsOf } from './segments.ts';
import { bytesOf, storedType } from './types.ts';

/** What the targets that print processes as coroutines have of their own. */
export interface CoroutineTarget {
  /** The names of a file, or of a function in it. */
  newScope(outer?: NameScope): NameScope;
  /** What the declaration of a constant array begins with. */
  readonly constantKeyword: string;
  /** Bytes of a queue, where it need not be larger: all of them together should stay in a processor's cache. */
  readonly queueBytes: number;
  /** Between which elements of a queue are as many as fit into its bytes. */
  readonly elements: readonly [least: number, most: number];
}

/** A stream's queue: `capacity` elements, a power of two, in the work-item's own part of the workspace. */
export interface StreamPlan {
  readonly stream: Stream;
  readonly at: number;
  readonly name: string;
  /** The struct of an element; empty where there is nothing in it. */
  readonly element: string;
  readonly fields: readonly string[];
  readonly capacity: number;
}

export interface MemoryPlan {
  readonly memory: Memory;
  readonly at: number;
  readonly name: string;
  /** The argument that says how long it is, in beats. */
  readonly beats: string;
}

export interface ProcessPlan {
  readonly process: Process;
  readonly at: number;
  readonly name: string;
  /** The struct of its state, and the member that holds its arrays. */
  readonly state: string;
  readonly arrays: string;
  readonly segments: Segments;
  /** Variables that must outlive a pause; the others live inside one run of statements. */
  readonly lasting: ReadonlySet<string>;
}

/** The names inside a process's function, which its state has too. */
export interface ProcessNames {
  readonly scope: NameScope;
  readonly variables: ReadonlyMap<string, string>;
  readonly arrays: ReadonlyMap<string, string>;
}

/** To be called once all names outside the functions are claimed. */
export function namesIn(plan: KernelPlan, { process }: ProcessPlan): ProcessNames {
  const scope = plan.target.newScope(plan.globals);
  const claim = ({ name }: { readonly name: string }) => [name, scope.claim(name)] as const;
  return {
    scope,
    variables: new Map(process.variables.map(claim)),
    arrays: new Map(process.arrays.map(claim)),
  };
}

/** Everything in the emitted file that has a name or a size. */
export interface KernelPlan {
  readonly target: CoroutineTarget;
  readonly kernel: KernelIR;
  readonly globals: NameScope;
  readonly vectors: readonly VecType[];
  readonly constants: Constants;
  readonly streams: ReadonlyMap<string, StreamPlan>;
  readonly memories: ReadonlyMap<string, MemoryPlan>;
  readonly scalars: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<
    string,
    { readonly name: string; readonly values: readonly bigint[] }
  >;
  readonly processes: readonly ProcessPlan[];
  /** The one process that does this to a stream or memory; undefined where none does. */
  user(access: Access, name: string): ProcessPlan | undefined;
  /** Bursts that a memory's queue of requests holds, a power of two. */
  readonly requests: number;
}

const leastRequests = 64;

/** Every vector type that a declaration or an expression has. */
function vectorTypes(kernel: KernelIR): VecType[] {
  const found = new Map<string, VecType>();
  const add = (type: Type) => {
    if (type.kind === 'vec') found.set(typeText(type), type);
  };
  for (const { fields } of kernel.streams) for (const { type } of fields) add(type);
  for (const { variables, arrays, body } of kernel.processes) {
    for (const { type } of variables) add(type);
    for (const { element } of arrays) add(element);
    const seen = new Set<Expr>();
    const visit = (expr: Expr): void => {
      if (seen.has(expr)) return;
      seen.add(expr);
      add(expr.type);
      for (const operand of operandsOf(expr)) visit(operand);
    };
    for (const stmt of allStatements(body)) for (const expr of expressionsOf(stmt)) visit(expr);
  }
  return [...found.values()];
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}

/** The most elements that one run of statements takes from, or puts into, a stream. */
function atOnce(processes: readonly ProcessPlan[], access: Access, name: string): number {
  const counts = processes.flatMap(({ segments }) =>
    [...runsOf(segments)].flatMap(({ needs }) =>
      needs.filter((need) => need.access === access && need.name === name),
    ),
  );
  return Math.max(0, ...counts.map(({ count }) => count));
}

function capacityOf(
  stream: Stream,
  processes: readonly ProcessPlan[],
  { queueBytes, elements: [leastElements, mostElements] }: CoroutineTarget,
): number {
  // What hardware holds, and what waits here for the others of its run of statements.
  const least =
    stream.depth + atOnce(processes, 'read', stream.name) + atOnce(processes, 'write', stream.name);
  const bytes = stream.fields.reduce((sum, { type }) => sum + bytesOf(type), 0);
  const many = Math.floor(queueBytes / Math.max(1, bytes));
  return powerOfTwo(Math.max(least, leastElements, Math.min(mostElements, many)));
}

function mentionsIn(statements: Iterable<Stmt>, found: Set<string>): Set<string> {
  for (const stmt of statements) {
    for (const name of definedBy(stmt)) found.add(name);
    for (const expr of expressionsOf(stmt)) for (const name of variablesOf(expr)) found.add(name);
  }
  return found;
}

/** Variables that are used in more than one run of statements, or keep a value from one time to the next. */
function lastingVariables(process: Process, segments: Segments): Set<string> {
  const lasting = new Set<string>();
  const runs = [...runsOf(segments)];
  const mentioned = runs.map(({ statements }) => mentionsIn(allStatements(statements), new Set()));
  const between = (list: readonly Segment[]): void => {
    for (const one of list) {
      if (one.kind === 'run') continue;
      const parts =
        one.kind === 'loop' ? [...one.source.init, ...one.source.step, one.source] : [one.source];
      mentionsIn(parts, lasting);
      for (const inner of one.kind === 'loop' ? [one.body] : [one.then, one.else]) {
        between(inner.list);
      }
    }
  };
  between(segments.list);
  for (const { name } of process.variables) {
    const at = mentioned.flatMap((names, run) => (names.has(name) ? [run] : []));
    if (at.length > 1) lasting.add(name);
    else if (at.length === 1 && declaringStmt(runs[at[0]].statements, name) === undefined) {
      lasting.add(name);
    }
  }
  return lasting;
}

export function planKernel(kernel: KernelIR, target: CoroutineTarget): KernelPlan {
  const globals = target.newScope();
  globals.claim(kernel.name);
  const vectors = vectorTypes(kernel);
  for (const type of vectors) globals.claim(storedType(type));
  // The host knows arguments by their names: those are claimed first.
  const scalars = new Map(kernel.scalars.map(({ name }) => [name, globals.claim(name)]));
  const memories = new Map(
    kernel.memories.map((memory, at) => [
      memory.name,
      {
        memory,
        at,
        name: globals.claim(memory.name),
        beats: globals.claim(`${memory.name}_beats`),
      },
    ]),
  );
  const processes = kernel.processes.map((process, at): ProcessPlan => {
    const segments = segmentsOf(process.body);
    const lasting = lastingVariables(process, segments);
    const name = globals.claim(process.name);
    const [state, arrays] = [globals.claim(`${name}_state`), globals.claim(`${name}_arrays`)];
    return { process, at, name, state, arrays, segments, lasting };
  });
  const streams = new Map(
    kernel.streams.map((stream, at): [string, StreamPlan] => {
      const name = globals.claim(stream.name);
      const members = target.newScope();
      const fields = stream.fields.map((field) => members.claim(field.name));
      const element = fields.length === 0 ? '' : globals.claim(`${stream.name}_t`);
      const capacity = capacityOf(stream, processes, target);
      return [stream.name, { stream, at, name, element, fields, capacity }];
    }),
  );
  const constants = new Constants(globals, target.constantKeyword);
  const tables = new Map(
    kernel.tables.map((table) => [
      table.name,
      { name: constants.table(table), values: table.values },
    ]),
  );
  const ends = endpoints(kernel);
  return {
    target,
    kernel,
    globals,
    vectors,
    constants,
    streams,
    memories,
    scalars,
    tables,
    processes,
    user(access, name) {
      const [user] = ends.get(`${access} ${name}`) ?? [];
      return processes.find(({ process }) => process.name === user);
    },
    requests: powerOfTwo(
      Math.max(leastRequests, ...kernel.memories.map(({ outstanding }) => 2 * outstanding)),
    ),
  };
}
