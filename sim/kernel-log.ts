import { TilewrightError } from '../codegen/support/errors.ts';

/** Mark of the lines that the Verilog of a kernel prints (codegen/backends/verilog/emit-logs.ts). */
const mark = 'TILEWRIGHT ';

interface Entry {
  readonly order: number;
  readonly process: string;
  readonly line: number;
  readonly failed: boolean;
  readonly text: string;
}

/** `<order> <process> <line> P|F <text>`. */
function parseEntry(line: string): Entry | undefined {
  const found = /^(\d+) (\S+) (\d+) ([PF]) (.*)$/.exec(line);
  if (found === null) return undefined;
  const [, order, process, at, kind, text] = found;
  return { order: Number(order), process, line: Number(at), failed: kind === 'F', text };
}

/** The lines of a simulator's output that belong to the kernel's log, without their mark. */
export function markedLines(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(mark.length));
}

/**
 * What the kernel printed, in the order of the golden model: processes run side by side here and one
 * after another there, so process by process.
 */
export function kernelLog(lines: readonly string[]): readonly string[] {
  return lines
    .map(parseEntry)
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.order - b.order)
    .map(({ text }) => text);
}

/** The error of the first assertion that failed; undefined where none did. */
export function failedAssertion(
  kernel: string,
  lines: readonly string[],
): TilewrightError | undefined {
  const entry = lines.map(parseEntry).find((one) => one?.failed);
  if (entry === undefined) return undefined;
  const { process, line, text } = entry;
  return new TilewrightError(
    `${kernel}: assertion failed in process ${process}, line ${line}: ${text}`,
    {
      code: 'ASSERTION',
      hint: "The kernel's own assert() says so: look at the arguments of this run.",
    },
  );
}
