import { sourceFiles, spanOfThrow } from '../../../codegen/index.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { BuiltKernel } from '../built-kernel.ts';

/**
 * A stream of the language does not know its name; the line that made it, and so the manifest, does. Gives
 * the error of a stream that ran empty with the names of the stream and of both its processes.
 */
export function nameStream({ manifest, sourceFile }: BuiltKernel, thrown: unknown): unknown {
  if (!(thrown instanceof TilewrightError) || thrown.code !== 'STREAM_EMPTY') return thrown;
  const files = sourceFiles(sourceFile);
  const made = spanOfThrow(thrown.cause, files);
  const found = manifest.streams.filter(
    ({ source }) => source.line === made?.line && made.file.endsWith(source.file),
  );
  // Of several that one line makes, none is named.
  const [stream] = found;
  const counts = /element (\d+), .* wrote (\d+)/.exec(thrown.message);
  if (found.length !== 1 || counts === null) return thrown;
  const { name, from, to, source } = stream;
  const location = spanOfThrow(thrown, files);
  const [, read, written] = counts;
  return new TilewrightError(
    `${manifest.kernel}: stream ${name} (declared at ${source.file}:${source.line}:${source.column}) ` +
      `ran empty: ${to} reads element ${read}, ${from} wrote ${written}`,
    {
      code: 'STREAM_EMPTY',
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      ...(location === undefined ? {} : { location }),
      cause: thrown,
    },
  );
}
