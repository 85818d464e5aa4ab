import type { Node } from 'ts-morph';
import type { Span } from '../ir/ir.ts';

const names = new Map<string, string>();

/** Spans of the file at `path` are reported under `name` (short, and the same on every machine). */
export function nameSource(path: string, name: string): void {
  names.set(path, name);
}

export function spanOf(node: Node): Span {
  const source = node.getSourceFile();
  // TypeScript's own table of lines; ts-morph counts them from the start of the file each time.
  const { line, character } = source.compilerNode.getLineAndCharacterOfPosition(node.getStart());
  const path = source.getFilePath();
  return { file: names.get(path) ?? path, line: line + 1, column: character + 1 };
}
