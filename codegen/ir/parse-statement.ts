import type { AssignStmt, Expr, Message, Stmt } from './ir.ts';
import { type Line, refuse } from './ir-lines.ts';
import { LineReader } from './line-reader.ts';
import { type Names, parseExpression } from './parse-expression.ts';

/** The names that statements use: those of expressions, and what is read and written. */
export interface StatementNames extends Names {
  hasStream(name: string): boolean;
  hasMemory(name: string): boolean;
  hasArray(name: string): boolean;
}

const kinds =
  'Statements are x = …, read, write, request, receive, send, response, load, store, if, loop, print and assert.';

/** Statements of one block, as `printStatement` writes them. */
export function parseStatements(
  lines: readonly Line[],
  file: string,
  names: StatementNames,
): Stmt[] {
  const list: Stmt[] = [];
  for (const line of lines) {
    const reader = new LineReader(line, file);
    const { span } = reader;
    const block = () => parseStatements(line.block, file, names);
    if (reader.sees('else') && !reader.sees('=', 1)) {
      const last = list[list.length - 1];
      if (last?.kind !== 'if' || last.else.length > 0) {
        refuse(span, 'this else has no if', 'It follows the block of an if, as far left as that.');
      }
      reader.accept('else');
      reader.end();
      list[list.length - 1] = { ...last, else: block() };
      continue;
    }
    const statement = parseStatement(reader, names, block);
    reader.end();
    if (line.block.length > 0 && statement.kind !== 'if' && statement.kind !== 'loop') {
      const [{ line: at, indent }] = line.block;
      refuse(
        { file, line: at, column: indent + 1 },
        'this line is indented, but the one before begins no block',
        'Only if, else and loop have a block.',
      );
    }
    list.push({ ...statement, span });
  }
  return list;
}

function parseStatement(reader: LineReader, names: StatementNames, block: () => Stmt[]): Stmt {
  if (reader.sees('=', 1) || reader.sees(',', 1)) return parseResult(reader, names);
  const { span } = reader;
  const kind = reader.peek()?.text ?? '';
  const expression = () => parseExpression(reader, names);
  reader.name('a statement', kinds);
  const after = (hint: string) => {
    reader.expect(',', hint);
    return expression();
  };
  switch (kind) {
    case 'write': {
      const name = stream(reader, names);
      const values = [expression()];
      while (reader.accept(',')) values.push(expression());
      return { kind, stream: name, values };
    }
    case 'request': {
      const name = memory(reader, names);
      const beat = expression();
      return { kind, memory: name, beat, beats: after('Write request memory beat, beats.') };
    }
    case 'send':
      return { kind, memory: memory(reader, names), value: expression() };
    case 'response':
      return { kind, memory: memory(reader, names) };
    case 'store': {
      const name = array(reader, names);
      const index = expression();
      return { kind, array: name, index, value: after('Write store array index, value.') };
    }
    case 'print':
      return { kind, ...message(reader, names) };
    case 'assert': {
      const condition = expression();
      reader.expect(',', 'Write assert condition, "text".');
      return { kind, condition, ...message(reader, names) };
    }
    case 'if':
      return { kind, condition: expression(), then: block(), else: [] };
    case 'loop':
      return parseLoop(reader, names, block);
    default:
      return refuse(span, `${kind} is no statement`, kinds);
  }
}

/** `x = expression`, `x, _ = read stream`, `x = receive memory`, `x = load array index`. */
function parseResult(reader: LineReader, names: StatementNames): Stmt {
  const { span } = reader;
  const into = [target(reader, names)];
  while (reader.accept(',')) into.push(target(reader, names));
  reader.expect('=', 'Write x, y = read stream.');
  const word = reader.peek(1)?.kind === 'name' || reader.peek(1)?.kind === 'string';
  if (word && reader.accept('read')) return { kind: 'read', stream: stream(reader, names), into };
  const [variable] = into;
  if (into.length > 1 || variable === undefined) {
    return refuse(span, 'only a read gives several values, or drops one', 'Write x = … instead.');
  }
  if (word && reader.accept('receive')) {
    return { kind: 'receive', memory: memory(reader, names), into: variable };
  }
  if (word && reader.accept('load')) {
    const name = array(reader, names);
    return { kind: 'load', array: name, index: parseExpression(reader, names), into: variable };
  }
  return { kind: 'assign', variable, value: parseExpression(reader, names) };
}

function parseLoop(reader: LineReader, names: StatementNames, block: () => Stmt[]): Stmt {
  const hint = 'Write loop i = 0:u8 while lt:u1(i, 9:u8) step i = add:u8(i, 1:u1) ii 1 unroll 4.';
  const assignments = (): AssignStmt[] => {
    const list: AssignStmt[] = [];
    do {
      const { span } = reader;
      const variable = target(reader, names);
      if (variable === undefined) return refuse(span, 'a loop assigns variables', hint);
      reader.expect('=', hint);
      list.push({ kind: 'assign', variable, value: parseExpression(reader, names), span });
    } while (reader.accept(','));
    return list;
  };
  const init = reader.sees('while') ? [] : assignments();
  reader.expect('while', hint);
  const condition = parseExpression(reader, names);
  const step = reader.accept('step') ? assignments() : [];
  const ii = reader.accept('ii') ? reader.number('an initiation interval', hint) : undefined;
  const unroll = reader.accept('unroll') ? reader.number('a number of copies', hint) : undefined;
  const body = block();
  return {
    kind: 'loop',
    init,
    condition,
    step,
    body,
    ...(ii === undefined ? {} : { ii }),
    ...(unroll === undefined ? {} : { unroll }),
  };
}

/** `"text ", value, " text"`. */
function message(reader: LineReader, names: StatementNames): Message {
  const hint = 'Write texts and values in turn, a text first and last: "n is ", n, "".';
  const text = [reader.string('a text', hint)];
  const values: Expr[] = [];
  while (reader.accept(',')) {
    values.push(parseExpression(reader, names));
    reader.expect(',', hint);
    text.push(reader.string('a text', hint));
  }
  return { text, values };
}

function target(reader: LineReader, names: StatementNames): string | undefined {
  if (reader.peek()?.kind === 'name' && reader.accept('_')) return undefined;
  const hint = 'Declare it at the head of the process: var name: u32.';
  return known(reader, 'variable', 'process', hint, (name) => names.variable(name) !== undefined);
}

function stream(reader: LineReader, names: StatementNames): string {
  const hint = 'Declare it: stream name depth 4 { value: u32 }.';
  return known(reader, 'stream', 'kernel', hint, (name) => names.hasStream(name));
}

function memory(reader: LineReader, names: StatementNames): string {
  const hint = 'Declare it: memory name: read u32 beat 512 outstanding 64.';
  return known(reader, 'memory', 'kernel', hint, (name) => names.hasMemory(name));
}

function array(reader: LineReader, names: StatementNames): string {
  const hint = 'Declare it at the head of the process: array name: u32 length 16 registers.';
  return known(reader, 'array', 'process', hint, (name) => names.hasArray(name));
}

function known(
  reader: LineReader,
  what: string,
  owner: string,
  hint: string,
  has: (name: string) => boolean,
): string {
  const { span } = reader;
  const name = reader.name(`the name of a ${what}`, hint);
  return has(name) ? name : refuse(span, `the ${owner} has no ${what} ${name}`, hint);
}
