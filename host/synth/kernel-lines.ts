import { readFileSync } from 'node:fs';
import { sourceFiles } from '../../codegen/index.ts';

/**
 * Lines of a kernel's TypeScript by the short name that the Verilog's comments have, e.g.
 * `kernels/mean-aggregate.ts`, and by number from 1.
 * @param sourceFile absolute path of the kernel's own file; the files that it imports count too.
 */
export function kernelLines(
  sourceFile: string,
): (file: string, line: number) => string | undefined {
  const texts = new Map<string, readonly string[]>();
  const all = sourceFiles(sourceFile);
  return (file, line) => {
    let lines = texts.get(file);
    if (lines === undefined) {
      const path = all.find((one) => one === file || one.endsWith(`/${file}`));
      lines = path === undefined ? [] : readFileSync(path, 'utf8').split('\n');
      texts.set(file, lines);
    }
    return lines[line - 1];
  };
}
