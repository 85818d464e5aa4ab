import { sourceFiles, spanOfThrow, type Unfinished } from '../../../codegen/index.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { BuiltKernel } from '../built-kernel.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const declared = ({ file, line, column }: Place): string =>
  `(declared at ${file}:${line}:${column})`;

/** The stream that the line of `made` makes. Of several that one line makes, none. */
function streamOf({ manifest, sourceFile }: BuiltKernel, made: unknown) {
  const span = spanOfThrow(made, sourceFiles(sourceFile));
  const found = manifest.streams.filter(
    ({ source }) => source.line === span?.line && span.file.endsWith(source.file),
  );
  return found.length === 1 ? found[0] : undefined;
}

function starved(built: BuiltKernel, thrown: TilewrightError): TilewrightError {
  const stream = streamOf(built, thrown.cause);
  const counts = /element (\d+), .* wrote (\d+)/.exec(thrown.message);
  if (stream === undefined || counts === null) return thrown;
  const { name, from, to, source } = stream;
  const location = spanOfThrow(thrown, sourceFiles(built.sourceFile));
  const [, read, written] = counts;
  return new TilewrightError(
    `${built.manifest.kernel}: stream ${name} ${declared(source)} ` +
      `ran empty: ${to} reads element ${read}, ${from} wrote ${written}`,
    {
      code: 'STREAM_EMPTY',
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      ...(location === undefined ? {} : { location }),
      cause: thrown,
    },
  );
}

/** The processes at the ends of a memory, by what they call. */
function usersText(users: Readonly<Record<string, string | undefined>>): string {
  const calls = Object.entries(users).map(([call, process]) => `${process} calls ${call}()`);
  return calls.length === 0 ? '' : ` (${calls.join(', ')})`;
}

function leftOver(built: BuiltKernel, thrown: TilewrightError): TilewrightError {
  const { unfinished, streams } = thrown.cause as Unfinished;
  const { kernel, ports } = built.manifest;
  const memories = unfinished.slice(0, unfinished.length - streams.length).map((text) => {
    const [, name, what] = /^(\w+): (.*)$/s.exec(text) ?? [];
    const memory = built.manifest.arguments.find((one) => one.name === name);
    const port = ports.find((one) => memory?.kind === 'memory' && one.name === memory.port);
    if (port === undefined) return text;
    return `memory ${name} ${declared(port.source)}: ${what}${usersText(port.users)}`;
  });
  const links = streams.map(({ left, written, made }) => {
    const stream = streamOf(built, made);
    if (stream === undefined) return `a stream: ${left} of ${written} elements were never read`;
    const { name, from, to, source } = stream;
    return `stream ${name} ${declared(source)}: ${from} wrote ${written} elements, ${to} read ${written - left}`;
  });
  return new TilewrightError(`${kernel}: ${[...memories, ...links].join('; ')}`, {
    code: 'UNFINISHED',
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    cause: thrown,
  });
}

/**
 * A stream of the language does not know its name, nor a memory its place; the manifest does. Gives the error of a
 * stream that ran empty, or of what is left over at the end, with names, declarations and processes.
 */
export function nameFault(built: BuiltKernel, thrown: unknown): unknown {
  if (!(thrown instanceof TilewrightError)) return thrown;
  if (thrown.code === 'STREAM_EMPTY') return starved(built, thrown);
  if (thrown.code === 'UNFINISHED') return leftOver(built, thrown);
  return thrown;
}
