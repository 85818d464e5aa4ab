import { intType, type Span, type Type, typeText, vecType } from './ir.ts';
import { type Line, refuse, type Token } from './ir-lines.ts';

/** Takes the tokens of one line, from left to right. */
export class LineReader {
  readonly line: Line;
  private readonly file: string;
  private at = 0;

  constructor(line: Line, file: string) {
    this.line = line;
    this.file = file;
  }

  /** The place of the next token, or of the line's end. */
  get span(): Span {
    const { tokens, line } = this.line;
    const token = tokens[this.at];
    const last = tokens[tokens.length - 1];
    return { file: this.file, line, column: token?.column ?? last.column + last.text.length };
  }

  peek(ahead = 0): Token | undefined {
    return this.line.tokens[this.at + ahead];
  }

  /** True where the next token is this mark or this word. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token !== undefined && token.kind !== 'string' && token.text === text;
  }

  /** Takes the next token if it is this mark or word. */
  accept(text: string): boolean {
    const found = this.sees(text);
    if (found) this.at += 1;
    return found;
  }

  expect(text: string, hint: string): void {
    if (!this.accept(text)) this.unexpected(`"${text}"`, hint);
  }

  unexpected(wanted: string, hint: string): never {
    const token = this.peek();
    const seen = token === undefined ? 'the line ends' : `"${token.text}" stands`;
    return refuse(this.span, `${seen} where ${wanted} belongs`, hint);
  }

  /** Takes a name, plain or as a string. */
  name(what: string, hint: string): string {
    const token = this.peek();
    if (token?.kind !== 'name' && token?.kind !== 'string') return this.unexpected(what, hint);
    this.at += 1;
    return token.text;
  }

  string(what: string, hint: string): string {
    if (this.peek()?.kind !== 'string') return this.unexpected(what, hint);
    return this.name(what, hint);
  }

  number(what: string, hint: string): number {
    const token = this.peek();
    if (token?.kind !== 'number') return this.unexpected(what, hint);
    this.at += 1;
    return Number(token.text);
  }

  integer(what: string, hint: string): bigint {
    const token = this.peek();
    if (token?.kind !== 'number' || !/^-?\d+$/.test(token.text)) {
      return this.unexpected(what, hint);
    }
    this.at += 1;
    return BigInt(token.text);
  }

  /** `[1 2 5..9]`: integers, and runs of them. */
  integers(): bigint[] {
    const hint = 'Write [1 2 3], or [1..3] for the same.';
    this.expect('[', hint);
    const values: bigint[] = [];
    while (!this.accept(']')) {
      const { span } = this;
      const first = this.integer('a number or "]"', hint);
      const last = this.accept('..') ? this.integer('the last of the run', hint) : first;
      if (last < first) refuse(span, `the run ${first}..${last} counts down`, hint);
      for (let value = first; value <= last; value++) values.push(value);
    }
    return values;
  }

  /** `u8`, `i16x32`. */
  type(): Type {
    const hint = 'A type is u or i and a width from 1 to 64, for a vector x and its lanes: i16x32.';
    const { span } = this;
    const text = this.name('a type', hint);
    const match = /^([ui])([1-9]\d*)(?:x([1-9]\d*))?$/.exec(text);
    if (match === null || Number(match[2]) > 64) return refuse(span, `${text} is no type`, hint);
    const element = intType(match[1] === 'i', Number(match[2]));
    return match[3] === undefined ? element : vecType(element, Number(match[3]));
  }

  /** `: u8`, of an integer. */
  integerType(what: string): ReturnType<typeof intType> {
    const { span } = this;
    const type = this.type();
    if (type.kind === 'int') return type;
    return refuse(span, `${what} is ${typeText(type)}, a vector`, 'It holds integers: u32.');
  }

  end(hint = 'Remove it, or begin a new line.'): void {
    if (this.peek() !== undefined) this.unexpected('the end of the line', hint);
  }
}
