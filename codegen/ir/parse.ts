import type {
  KernelIR,
  LocalArray,
  Memory,
  Partition,
  Process,
  Scalar,
  Stream,
  Table,
  Type,
  Variable,
} from './ir.ts';
import { type Line, linesOf, refuse } from './ir-lines.ts';
import { LineReader } from './line-reader.ts';
import { parseStatements } from './parse-statement.ts';

/** What the lines below `kernel` declare, in the order of the text. */
interface Declared {
  readonly argumentOrder: string[];
  readonly scalars: Scalar[];
  readonly memories: Memory[];
  readonly tables: Table[];
  readonly streams: Stream[];
  readonly processes: Process[];
}

const declarations = 'A kernel declares scalar, memory, table, stream and process.';

/**
 * Reads the text that `printKernel` writes: `parseKernel(printKernel(ir))` equals `ir` but for spans,
 * which are places in the text. Names and shape of the text are checked here; `verifyKernel` checks the
 * rest.
 * @param file names the text in errors and spans.
 * @throws TilewrightError `IR_TEXT` at the place in the text.
 */
export function parseKernel(text: string, file = 'kernel.ir'): KernelIR {
  const [head, ...more] = linesOf(text, file);
  if (head === undefined) {
    return refuse({ file, line: 1, column: 1 }, 'the text holds no kernel', declarations);
  }
  const reader = new LineReader(head, file);
  const hint = 'Write kernel name(parameter=1) "what it does".';
  reader.expect('kernel', hint);
  const name = reader.name('the name of the kernel', hint);
  const parameters: Record<string, number> = {};
  reader.expect('(', hint);
  while (!reader.accept(')')) {
    if (Object.keys(parameters).length > 0) reader.expect(',', hint);
    const parameter = reader.name('the name of a parameter', hint);
    reader.expect('=', hint);
    parameters[parameter] = reader.number('a number', hint);
  }
  const summary = reader.peek() === undefined ? '' : reader.string('the summary', hint);
  reader.end();
  if (more.length > 0) {
    const span = { file, line: more[0].line, column: more[0].indent + 1 };
    refuse(span, 'this is outside the kernel', 'Indent it: a text holds one kernel.');
  }
  const declared: Declared = {
    argumentOrder: [],
    scalars: [],
    memories: [],
    tables: [],
    streams: [],
    processes: [],
  };
  for (const line of head.block) declare(line, file, declared);
  return { name, summary, parameters, ...declared };
}

function declare(line: Line, file: string, to: Declared): void {
  const reader = new LineReader(line, file);
  const { span } = reader;
  const kind = reader.name('a declaration', declarations);
  const name = reader.name(`the name of the ${kind}`, declarations);
  if (kind === 'process') {
    reader.end();
    to.processes.push(parseProcess(name, line, file, to));
    return;
  }
  const types = `Write ${kind} name: type.`;
  switch (kind) {
    case 'scalar':
      reader.expect(':', types);
      to.scalars.push({
        name,
        type: reader.integerType(`scalar ${name}`),
        ...parsePoint(reader),
        span,
      });
      to.argumentOrder.push(name);
      break;
    case 'memory':
      reader.expect(':', types);
      to.memories.push(parseMemory(reader, name));
      to.argumentOrder.push(name);
      break;
    case 'table': {
      reader.expect(':', types);
      const element = reader.integerType(`table ${name}`);
      to.tables.push({ name, element, values: reader.integers(), span });
      break;
    }
    case 'stream':
      to.streams.push(parseStream(reader, name));
      break;
    default:
      refuse(span, `${kind} is no declaration`, declarations);
  }
  reader.end();
  refuseBlock(line, kind, file);
}

function refuseBlock({ block }: Line, kind: string, file: string): void {
  if (block.length === 0) return;
  const at = { file, line: block[0].line, column: block[0].indent + 1 };
  refuse(at, `a ${kind} has no block`, 'Only a process, if, else and loop have lines below them.');
}

function parseMemory(reader: LineReader, name: string): Memory {
  const { span } = reader;
  const hint = 'Write memory name: read u32 beat 512 outstanding 64.';
  const direction = reader.accept('read') ? 'read' : 'write';
  if (direction === 'write') reader.expect('write', hint);
  const element = reader.integerType(`memory ${name}`);
  const point = parsePoint(reader);
  reader.expect('beat', hint);
  const beatBits = reader.number('the bits of a beat', hint);
  reader.expect('outstanding', hint);
  const outstanding = reader.number('the bursts in flight', hint);
  return { name, direction, element, ...point, beatBits, outstanding, span };
}

/** `fraction 8` of a fixed-point argument. */
function parsePoint(reader: LineReader): { readonly fraction?: number } {
  if (!reader.accept('fraction')) return {};
  return { fraction: reader.number('the bits behind the binary point', 'Write fraction 8.') };
}

function parseStream(reader: LineReader, name: string): Stream {
  const { span } = reader;
  const hint = 'Write stream name depth 4 { field: u32, other: u8x16 }; depth 0 is to be derived.';
  reader.expect('depth', hint);
  const depth = reader.number('the depth', hint);
  const fields: { name: string; type: Type }[] = [];
  reader.expect('{', hint);
  while (!reader.accept('}')) {
    if (fields.length > 0) reader.expect(',', hint);
    const field = reader.name('the name of a field', hint);
    reader.expect(':', hint);
    fields.push({ name: field, type: reader.type() });
  }
  return { name, fields, depth, span };
}

function parseArray(reader: LineReader, name: string): LocalArray {
  const { span } = reader;
  const hint = 'Write array name: u32 length 16 registers, or block and cyclic 4 or block 4.';
  const element = reader.type();
  reader.expect('length', hint);
  const length = reader.number('the length', hint);
  const storage = reader.accept('block') ? 'block' : 'registers';
  if (storage === 'registers') reader.expect('registers', hint);
  const scheme = (['cyclic', 'block'] satisfies Partition['scheme'][]).find((one) =>
    reader.accept(one),
  );
  if (scheme === undefined) return { name, element, length, storage, span };
  const factor = reader.number('the number of banks', hint);
  return { name, element, length, storage, partition: { scheme, factor }, span };
}

function parseProcess(name: string, line: Line, file: string, kernel: Declared): Process {
  const variables: Variable[] = [];
  const arrays: LocalArray[] = [];
  const types = new Map<string, Type>();
  const isDeclaration = ({ tokens: [first, second] }: Line) =>
    ['var', 'let', 'array'].includes(first.text) && ['name', 'string'].includes(second?.kind ?? '');
  const first = line.block.findIndex((one) => !isDeclaration(one));
  const body = first < 0 ? line.block.length : first;
  for (const one of line.block.slice(0, body)) {
    const reader = new LineReader(one, file);
    const { span } = reader;
    const kind = reader.name('a declaration', '');
    const variable = reader.name('a name', 'Write var name: u32.');
    reader.expect(':', `Write ${kind} name: u32.`);
    if (kind === 'array') arrays.push(parseArray(reader, variable));
    else {
      const type = reader.type();
      types.set(variable, type);
      variables.push({ name: variable, type, mutable: kind === 'var', span });
    }
    reader.end();
    refuseBlock(one, kind, file);
  }
  return {
    name,
    variables,
    arrays,
    body: parseStatements(line.block.slice(body), file, {
      variable: (one) => types.get(one),
      scalar: (one) => kernel.scalars.find((scalar) => scalar.name === one)?.type,
      hasTable: (one) => kernel.tables.some((table) => table.name === one),
      hasStream: (one) => kernel.streams.some((stream) => stream.name === one),
      hasMemory: (one) => kernel.memories.some((memory) => memory.name === one),
      hasArray: (one) => arrays.some((array) => array.name === one),
    }),
    span: { file, line: line.line, column: line.indent + 1 },
  };
}
