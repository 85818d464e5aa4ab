import {
  type BinaryExpr,
  type ConstExpr,
  type Expr,
  elementOf,
  type IntType,
  lanesOf,
  rangeOf,
  type TableExpr,
} from '../../ir/ir.ts';

/**
 * Prints one operator as Verilog-2005. Operands are names or literals; every operand is brought to the
 * width that the operator is computed in, so that no tool has to guess (and none warns).
 */
export interface ExpressionContext {
  /** The name of an operand that is no constant. */
  readonly name: (expr: Expr) => string;
  /** Marks a signal of which only some bits are used here. */
  readonly partly: (name: string) => void;
  /** The name of the function that looks up the table, for an index of this width. */
  readonly table: (expr: TableExpr) => string;
}

/** True where a value is shifted to the left, or an unsigned one to the right, by all that there is. */
function nothingLeft({ op, type, left, right }: BinaryExpr): boolean {
  if (right.op !== 'const' || (op !== 'shl' && op !== 'shr')) return false;
  const from = elementOf(left.type);
  if (op === 'shr' && from.signed) return false;
  return Number(right.value) >= (op === 'shl' ? elementOf(type) : from).width;
}

/** What a value's wire is assigned: one expression, or one a lane (over the genvar `lane`). */
export type Assigned =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'lanes'; readonly text: string }
  | { readonly kind: 'list'; readonly texts: readonly string[] };

export function literal(value: bigint, width: number): string {
  const bits = BigInt.asUintN(width, value);
  if (width <= 8) return `${width}'d${bits}`;
  return `${width}'h${bits.toString(16)}`;
}

/** A constant of any type as one literal, lane 0 lowest. */
export function constantText(expr: ConstExpr): string {
  const width = elementOf(expr.type).width;
  if (typeof expr.value === 'bigint') return literal(expr.value, width);
  const [first] = expr.value;
  if (expr.value.every((one) => one === first)) {
    return `{${expr.value.length}{${literal(first, width)}}}`;
  }
  return `{${[...expr.value]
    .reverse()
    .map((one) => literal(one, width))
    .join(', ')}}`;
}

function signedComparison(types: readonly IntType[]): { width: number; signed: boolean } {
  const signed = types.some((type) => type.signed);
  const width = Math.max(...types.map((type) => type.width + (signed && !type.signed ? 1 : 0)));
  return { width, signed };
}

export class ExpressionPrinter {
  private readonly context: ExpressionContext;

  constructor(context: ExpressionContext) {
    this.context = context;
  }

  /** An operand as a name (constants as literals), all of its bits. */
  atom(expr: Expr): string {
    return expr.op === 'const' ? constantText(expr) : this.context.name(expr);
  }

  /** An operand that is about to be sliced: a vector constant needs a name for that. */
  private named(expr: Expr): string {
    return expr.op === 'const' && expr.type.kind === 'int'
      ? this.atom(expr)
      : this.context.name(expr);
  }

  /** An operand's one lane (or the integer itself) in exactly `width` bits, extended by its own sign. */
  private sized(expr: Expr, width: number, perLane: boolean): string {
    const type = elementOf(expr.type);
    if (expr.op === 'const') {
      const values = typeof expr.value === 'bigint' ? [expr.value] : expr.value;
      if (values.every((one) => one === values[0])) return literal(values[0], width);
    }
    const name = this.named(expr);
    if (expr.type.kind === 'vec') {
      if (!perLane) throw new Error('a vector where an integer is expected');
      const slice = (from: string, bits: number) =>
        bits === 1 ? `${name}[${from}]` : `${name}[${from} +: ${bits}]`;
      const base = type.width === 1 ? 'lane' : `lane*${type.width}`;
      if (width <= type.width) {
        if (width < type.width) this.context.partly(name);
        return slice(base, width);
      }
      const fill = type.signed ? `${name}[${base}+${type.width - 1}]` : "1'b0";
      return `{{${width - type.width}{${type.width === 1 && type.signed ? `${name}[${base}]` : fill}}}, ${slice(base, type.width)}}`;
    }
    if (width === type.width) return name;
    if (width < type.width) {
      this.context.partly(name);
      return width === 1 ? `${name}[0]` : `${name}[${width - 1}:0]`;
    }
    const sign = type.width === 1 ? name : `${name}[${type.width - 1}]`;
    return `{{${width - type.width}{${type.signed ? sign : "1'b0"}}}, ${name}}`;
  }

  /** What the wire of `expr` is assigned. Vector constants among the operands must have names. */
  assigned(expr: Expr): Assigned {
    const perLane = expr.type.kind === 'vec';
    const width = elementOf(expr.type).width;
    const whole = (text: string): Assigned => ({ kind: 'whole', text });
    const each = (text: string): Assigned => ({ kind: perLane ? 'lanes' : 'whole', text });
    switch (expr.op) {
      case 'const':
        return whole(constantText(expr));
      case 'var':
      case 'scalar':
        return whole(this.atom(expr));
      case 'cast':
        if (perLane && expr.operand.type.kind === 'int') {
          return whole(`{${lanesOf(expr.type)}{${this.sized(expr.operand, width, false)}}}`);
        }
        if (perLane && elementOf(expr.operand.type).width === width) {
          return whole(this.atom(expr.operand));
        }
        return each(this.sized(expr.operand, width, perLane));
      case 'not':
        return whole(`~${this.atom(expr.operand)}`);
      case 'saturate':
        return each(this.saturated(expr.operand, elementOf(expr.type), perLane));
      case 'select': {
        const condition =
          expr.condition.type.kind === 'vec'
            ? this.sized(expr.condition, 1, true)
            : this.atom(expr.condition);
        if (expr.condition.type.kind !== 'vec') {
          return whole(`${condition} ? ${this.atom(expr.then)} : ${this.atom(expr.else)}`);
        }
        return each(
          `${condition} ? ${this.sized(expr.then, width, true)} : ${this.sized(expr.else, width, true)}`,
        );
      }
      case 'lane':
        return whole(this.lane(expr.vector, expr.index));
      case 'with-lane': {
        const lanes = lanesOf(expr.type);
        const bits = elementOf(expr.index.type).width;
        const texts = Array.from({ length: lanes }, (_, lane) => {
          const kept = `${this.named(expr.vector)}[${lane * width} +: ${width}]`;
          if (BigInt(lane) > rangeOf(elementOf(expr.index.type)).max) return kept;
          const here = `(${this.atom(expr.index)} == ${literal(BigInt(lane), bits)})`;
          return `${here} ? ${this.sized(expr.value, width, false)} : ${kept}`;
        });
        return { kind: 'list', texts };
      }
      case 'build':
        return whole(
          `{${[...expr.elements]
            .reverse()
            .map((one) => this.sized(one, width, false))
            .join(', ')}}`,
        );
      case 'concat':
        return whole(
          `{${[...expr.vectors]
            .reverse()
            .map((one) => this.atom(one))
            .join(', ')}}`,
        );
      case 'shuffle':
        return whole(this.shuffled(expr.vector, expr.lanes));
      case 'reduce':
        return whole(this.reduced(expr));
      case 'table': {
        return whole(`${this.context.table(expr)}(${this.atom(expr.index)})`);
      }
      default:
        // Lanes that no signal reaches: a block that is sensitive to nothing would never run.
        if (nothingLeft(expr)) return whole(`{${width * lanesOf(expr.type)}{1'b0}}`);
        return each(this.binaryText(expr, perLane));
    }
  }

  private binaryText(expr: Extract<Expr, { left: Expr }>, perLane: boolean): string {
    const width = elementOf(expr.type).width;
    const operands = [expr.left, expr.right] as const;
    const at = (bits: number) => operands.map((one) => this.sized(one, bits, perLane));
    switch (expr.op) {
      case 'add':
      case 'sub': {
        const [a, b] = at(width);
        return `${a} ${expr.op === 'add' ? '+' : '-'} ${b}`;
      }
      case 'mul': {
        const [a, b] = at(width);
        // Signed, so that synthesis sees how few bits each side really has.
        return operands.some((one) => elementOf(one.type).signed)
          ? `$signed(${a}) * $signed(${b})`
          : `${a} * ${b}`;
      }
      case 'and':
      case 'or':
      case 'xor': {
        const [a, b] = at(width);
        return `${a} ${expr.op === 'and' ? '&' : expr.op === 'or' ? '|' : '^'} ${b}`;
      }
      case 'shl': {
        if (expr.right.op === 'const' && typeof expr.right.value === 'bigint') {
          const by = Number(expr.right.value);
          return `{${this.sized(expr.left, width - by, perLane)}, ${literal(0n, by)}}`;
        }
        return `${this.sized(expr.left, width, perLane)} << ${this.sized(expr.right, elementOf(expr.right.type).width, perLane)}`;
      }
      case 'shr':
        return this.shiftedDown(expr.left, expr.right, width, perLane);
      case 'eq':
      case 'ne': {
        const { width: wide } = signedComparison(operands.map((one) => elementOf(one.type)));
        const [a, b] = at(wide);
        return `${a} ${expr.op === 'eq' ? '==' : '!='} ${b}`;
      }
      case 'lt':
      case 'le': {
        const { width: wide, signed } = signedComparison(
          operands.map((one) => elementOf(one.type)),
        );
        const [a, b] = at(wide);
        const symbol = expr.op === 'lt' ? '<' : '<=';
        return signed ? `$signed(${a}) ${symbol} $signed(${b})` : `${a} ${symbol} ${b}`;
      }
    }
  }

  private shiftedDown(operand: Expr, amount: Expr, width: number, perLane: boolean): string {
    const type = elementOf(operand.type);
    if (amount.op === 'const' && typeof amount.value === 'bigint') {
      const by = Number(amount.value);
      const name = this.named(operand);
      const base =
        perLane && operand.type.kind === 'vec'
          ? type.width === 1
            ? 'lane'
            : `lane*${type.width}`
          : undefined;
      const top = base === undefined ? `${type.width - 1}` : `${base}+${type.width - 1}`;
      const sign = type.signed
        ? type.width === 1 && base === undefined
          ? name
          : `${name}[${top}]`
        : "1'b0";
      if (by >= type.width) {
        this.context.partly(name);
        return width === 1 ? sign : `{${width}{${sign}}}`;
      }
      const kept = Math.min(width, type.width - by);
      if (by > 0 || kept < type.width) this.context.partly(name);
      const from = base === undefined ? `${by}` : `${base}+${by}`;
      const slice =
        base === undefined && type.width === 1
          ? name
          : kept === 1
            ? `${name}[${from}]`
            : base === undefined
              ? `${name}[${by + kept - 1}:${by}]`
              : `${name}[${from} +: ${kept}]`;
      return kept === width ? slice : `{{${width - kept}{${sign}}}, ${slice}}`;
    }
    const wide = Math.max(width, type.width);
    const a = this.sized(operand, wide, perLane);
    const b = this.sized(amount, elementOf(amount.type).width, perLane);
    return type.signed ? `$signed(${a}) >>> ${b}` : `${a} >> ${b}`;
  }

  /** Bits that a dynamic shift needs beyond its result; the caller computes it in a wider wire. */
  static widerThanResult(expr: Expr): number | undefined {
    if (expr.op !== 'shr' || expr.right.op === 'const') return undefined;
    const operand = elementOf(expr.left.type).width;
    return operand > elementOf(expr.type).width ? operand : undefined;
  }

  private lane(vector: Expr, index: Expr): string {
    const width = elementOf(vector.type).width;
    const name = this.named(vector);
    this.context.partly(name);
    if (index.op === 'const' && typeof index.value === 'bigint') {
      const at = Number(index.value);
      return width === 1 ? `${name}[${at}]` : `${name}[${at * width + width - 1}:${at * width}]`;
    }
    const lowest = indexText(
      this.atom(index),
      elementOf(index.type).width,
      width,
      lanesOf(vector.type),
    );
    return width === 1 ? `${name}[${lowest}]` : `${name}[${lowest} +: ${width}]`;
  }

  private shuffled(vector: Expr, lanes: readonly number[]): string {
    const width = elementOf(vector.type).width;
    const name = this.named(vector);
    this.context.partly(name);
    if (lanes.every((lane, at) => lane === lanes[0] + at)) {
      return `${name}[${(lanes[lanes.length - 1] + 1) * width - 1}:${lanes[0] * width}]`;
    }
    return `{${[...lanes]
      .reverse()
      .map((lane) => (width === 1 ? `${name}[${lane}]` : `${name}[${lane * width} +: ${width}]`))
      .join(', ')}}`;
  }

  private reduced(expr: Extract<Expr, { op: 'reduce' }>): string {
    const { vector } = expr;
    const element = elementOf(vector.type);
    const name = this.named(vector);
    const count = lanesOf(vector.type);
    if (element.width === 1 && (expr.reduce === 'or' || expr.reduce === 'and')) {
      return `${expr.reduce === 'or' ? '|' : '&'}${name}`;
    }
    const { width } = expr.type;
    const lane = (at: number): string => {
      const base = at * element.width;
      const slice =
        element.width === 1 ? `${name}[${base}]` : `${name}[${base} +: ${element.width}]`;
      if (width === element.width) return slice;
      if (width < element.width) {
        this.context.partly(name);
        return width === 1 ? `${name}[${base}]` : `${name}[${base} +: ${width}]`;
      }
      const sign = element.signed ? `${name}[${base + element.width - 1}]` : "1'b0";
      return `{{${width - element.width}{${sign}}}, ${slice}}`;
    };
    const lanes = Array.from({ length: count }, (_, at) => lane(at));
    const symbol = { add: '+', or: '|', and: '&', min: '', max: '' }[expr.reduce];
    if (symbol !== '') return balanced(lanes, symbol);
    const less = (a: string, b: string) =>
      element.signed ? `($signed(${a}) < $signed(${b}))` : `(${a} < ${b})`;
    return lanes.reduce((best, one) =>
      expr.reduce === 'min'
        ? `(${less(one, best)} ? ${one} : ${best})`
        : `(${less(best, one)} ? ${one} : ${best})`,
    );
  }

  private saturated(operand: Expr, to: IntType, perLane: boolean): string {
    const from = elementOf(operand.type);
    const name = this.named(operand);
    const vector = operand.type.kind === 'vec' && perLane;
    // A wire of one bit has nothing to select from.
    const single = !vector && from.width === 1;
    const bit = (at: number) =>
      single ? name : vector ? `${name}[lane*${from.width}+${at}]` : `${name}[${at}]`;
    const slice = (low: number, bits: number) =>
      single
        ? name
        : vector
          ? `${name}[lane*${from.width}+${low} +: ${bits}]`
          : `${name}[${low + bits - 1}:${low}]`;
    const sign = bit(from.width - 1);
    const max = literal(rangeOf(to).max, to.width);
    const min = literal(rangeOf(to).min, to.width);
    const value = this.sized(operand, to.width, perLane);
    const magnitude = to.signed ? to.width - 1 : to.width;
    if (!from.signed) return `(|${slice(magnitude, from.width - magnitude)}) ? ${max} : ${value}`;
    if (from.width - 1 <= magnitude) return to.signed ? value : `${sign} ? ${min} : ${value}`;
    const upper = slice(magnitude, from.width - 1 - magnitude);
    if (!to.signed) return `${sign} ? ${min} : (|${upper}) ? ${max} : ${value}`;
    return `(!${sign} && (|${upper})) ? ${max} : (${sign} && !(&${upper})) ? ${min} : ${value}`;
  }
}

/** A tree rather than a chain: as many levels as the logarithm of the lanes. */
function balanced(texts: readonly string[], symbol: string): string {
  if (texts.length === 1) return texts[0];
  const half = Math.ceil(texts.length / 2);
  return `(${balanced(texts.slice(0, half), symbol)} ${symbol} ${balanced(texts.slice(half), symbol)})`;
}

/** index · width, in exactly the bits that a select from `lanes` lanes expects. */
function indexText(index: string, indexBits: number, width: number, lanes: number): string {
  const bits = Math.max(1, Math.ceil(Math.log2(width * lanes)));
  const shift = Math.log2(width);
  if (Number.isInteger(shift)) {
    const text = shift === 0 ? index : `{${index}, ${shift}'d0}`;
    const have = indexBits + shift;
    if (have > bits) {
      const part = `${index}[${bits - shift - 1}:0]`;
      return shift === 0 ? part : `{${part}, ${shift}'d0}`;
    }
    return have < bits ? `{${bits - have}'d0, ${text}}` : text;
  }
  const extended =
    indexBits < bits
      ? `{${bits - indexBits}'d0, ${index}}`
      : indexBits > bits
        ? `${index}[${bits - 1}:0]`
        : index;
  return `${extended} * ${literal(BigInt(width), bits)}`;
}
