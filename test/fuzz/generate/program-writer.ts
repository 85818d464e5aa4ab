import { Draw } from './draw.ts';
import type { DataType, FixedType, IntType, Scalar, VecType } from './types.ts';
import { typed, type Value } from './value.ts';

/** A name that expressions may use. */
export interface Variable {
  readonly name: string;
  readonly type: Scalar | VecType;
  readonly mutable: boolean;
  /** Read from a stream or a memory: it differs from turn to turn. */
  readonly data?: boolean;
  /** What it holds in expressions, where that is not all of its type: a counter of a loop. */
  readonly value?: Value;
}

export interface ArrayVariable {
  readonly name: string;
  readonly element: Scalar | VecType;
  readonly length: number;
}

export interface TableVariable {
  readonly name: string;
  readonly element: Scalar;
  readonly length: number;
}

/** A function of the program; one that may not stand inside an expression has `statement`. */
export interface Helper {
  readonly name: string;
  readonly parameters: readonly Scalar[];
  readonly result: Value;
  readonly statement: boolean;
  /** Declared in a process, and known there only. */
  readonly local: boolean;
}

/** A memory behind AXI that the process at hand has. */
export interface MemoryVariable {
  readonly name: string;
  readonly element: Scalar;
  readonly direction: 'read' | 'write';
  readonly beats: number;
}

export interface RecordVariable {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: Scalar }[];
}

/** Names that live as long as a block. */
class Block {
  readonly variables: Variable[] = [];
  readonly records: RecordVariable[] = [];
}

export interface Limits {
  /** Integers are at most as wide as this. */
  readonly width: number;
  /** Products of operands of more bits together are left out. */
  readonly productBits: number;
  readonly lanes: readonly number[];
  /** Statements of a process, about. */
  readonly statements: number;
  /** Loops in loops and branches. */
  readonly nesting: number;
  readonly memories: boolean;
}

/** The streams of a process: `input`, `output`, and one beside each. */
export interface Ends {
  readonly from: DataType;
  readonly to: DataType;
  /** Read with every read of the input. */
  readonly side?: DataType;
  /** Written with every write of the output. */
  readonly aside?: DataType;
  /** A memory that another process asks: a beat of it belongs to every element of the input. */
  readonly answers?: MemoryVariable;
}

/** What may leave or repeat the loop around a statement. */
export interface Jumps {
  readonly break: boolean;
  readonly continue: boolean;
}

/**
 * What a program has more of than others: what is drawn everywhere alike meets itself too seldom, a value with a
 * binary point another one for example.
 */
export const themes = ['fixed point', 'vectors', 'wide', 'choices'] as const;
export type Theme = (typeof themes)[number];

const nowhere: Jumps = { break: false, continue: false };

/**
 * The text of a program under way: lines, blocks with their names, and what is left of its budget. The
 * grammar is in functions beside this class, each taking the writer first.
 */
export class ProgramWriter {
  readonly draw: Draw;
  readonly suffix: string;
  readonly limits: Limits;
  private readonly theme: Theme | undefined;
  /** Declarations in front of the processes: functions, types, tables. */
  readonly top: string[] = [];
  readonly fixed: FixedType[] = [];
  readonly tables: TableVariable[] = [];
  helpers: Helper[] = [];
  arrays: ArrayVariable[] = [];
  memories: MemoryVariable[] = [];
  jumps: Jumps = nowhere;
  /** The type that the function at hand returns from anywhere. */
  returns: IntType | undefined;
  ends: Ends | undefined;
  /** Statements that may still be written. */
  budget = 0;
  /** Copies that unrolled loops around make. */
  copies = 1;
  /** Inside a lambda or a choice, where nothing may have an effect. */
  pure = 0;
  /** Wide products that may still be written. */
  products = 6;
  private lines: string[] = [];
  private blocks: Block[] = [new Block()];
  private depth = 1;
  private named = 0;

  constructor(seed: number, suffix: string, limits: Limits) {
    this.draw = new Draw(seed);
    this.suffix = suffix;
    this.limits = limits;
    this.theme = this.draw.chance(0.6) ? this.draw.pick(themes) : undefined;
  }

  /** Whether the program has more of it than others. */
  favours(theme: Theme): boolean {
    return this.theme === theme;
  }

  /** The weight of something, more in programs of its theme. */
  weight(usual: number, theme: Theme): number {
    return this.favours(theme) ? 6 * usual : usual;
  }

  line(text: string): void {
    this.lines.push('  '.repeat(this.depth) + text);
  }

  /** A name that the program has once. */
  fresh(prefix: string): string {
    this.named += 1;
    return `${prefix}${this.named}`;
  }

  /** A name that no other program has. */
  unique(prefix: string): string {
    return `${this.fresh(prefix)}_${this.suffix}`;
  }

  define(variable: Variable): void {
    this.blocks[this.blocks.length - 1].variables.push(variable);
  }

  defineRecord(record: RecordVariable): void {
    this.blocks[this.blocks.length - 1].records.push(record);
    for (const { name, type } of record.fields) {
      this.define({ name: `${record.name}.${name}`, type, mutable: false });
    }
  }

  /** What was read from a stream, under a name. */
  defineData(name: string, type: DataType): void {
    if (type.kind !== 'record') this.define({ name, type, mutable: false, data: true });
    else
      for (const one of type.fields)
        this.define({ name: `${name}.${one.name}`, type: one.type, mutable: false, data: true });
  }

  get variables(): readonly Variable[] {
    return this.blocks.flatMap((one) => one.variables);
  }

  get records(): readonly RecordVariable[] {
    return this.blocks.flatMap((one) => one.records);
  }

  scalars(): readonly {
    readonly variable: Variable;
    readonly value: Value;
    readonly type: Scalar;
  }[] {
    return this.variables.flatMap((variable) => {
      const { type } = variable;
      if (type.kind === 'vec') return [];
      return [{ variable, type, value: variable.value ?? typed(variable.name, type) }];
    });
  }

  vectors(): readonly (Variable & { readonly type: VecType })[] {
    return this.variables.filter(
      (one): one is Variable & { type: VecType } => one.type.kind === 'vec',
    );
  }

  inBlock(body: () => void): void {
    this.depth += 1;
    this.blocks.push(new Block());
    body();
    this.blocks.pop();
    this.depth -= 1;
  }

  within(jumps: Jumps, body: () => void): void {
    const before = this.jumps;
    this.jumps = jumps;
    body();
    this.jumps = before;
  }

  /** Text in which nothing may have an effect. */
  purely<T>(body: () => T): T {
    this.pure += 1;
    try {
      return body();
    } finally {
      this.pure -= 1;
    }
  }

  /** A function of its own: its lines, with names of its own only. */
  inFunction(head: string, body: () => void): string {
    const { helpers, lines, blocks, depth, arrays, memories, jumps } = this;
    const { returns, ends, copies, budget } = this;
    const outside = {
      helpers,
      lines,
      blocks,
      depth,
      arrays,
      memories,
      jumps,
      returns,
      ends,
      copies,
      budget,
    };
    this.lines = [];
    this.blocks = [new Block()];
    this.depth = 1;
    this.arrays = [];
    this.memories = [];
    this.jumps = nowhere;
    this.returns = undefined;
    this.ends = undefined;
    this.copies = 1;
    this.helpers = helpers.filter((one) => !one.local);
    body();
    const text = [`${head} {`, ...this.lines, '}'].join('\n');
    Object.assign(this, outside);
    return text;
  }
}
