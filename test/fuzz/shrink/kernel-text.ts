import { join } from 'node:path';
import {
  type Identifier,
  Node,
  type SourceFile,
  type Symbol as Sym,
  SyntaxKind,
  ts,
} from 'ts-morph';
import { parseKernel } from '../../../codegen/frontend/project.ts';
import { packageRoot } from '../../../codegen/support/package-root.ts';

/** Where a text is taken to lie that has no place of its own. */
export const nowhere = join(packageRoot(), 'kernel-to-shrink.ts');

/** A program under reduction: its tree, and who refers to what. */
export class KernelText {
  readonly file: SourceFile;
  readonly source: string;
  private known: ReadonlyMap<Sym, readonly Identifier[]> | undefined;

  constructor(source: string, path = nowhere) {
    this.source = source;
    this.file = parseKernel(path, source);
  }

  /** Every identifier that stands for what a declaration declares, the declaration's own name too. */
  references(symbol: Sym): readonly Identifier[] {
    this.known ??= this.findReferences();
    return this.known.get(symbol) ?? [];
  }

  private findReferences(): ReadonlyMap<Sym, readonly Identifier[]> {
    const found = new Map<Sym, Identifier[]>();
    for (const one of this.file.getDescendantsOfKind(SyntaxKind.Identifier)) {
      const symbol = symbolOf(one);
      if (symbol === undefined) continue;
      const list = found.get(symbol);
      if (list === undefined) found.set(symbol, [one]);
      else list.push(one);
    }
    return found;
  }
}

/** What an identifier stands for; of `{ a }` the variable, not the property. */
export function symbolOf(name: Node): Sym | undefined {
  const parent = name.getParent();
  if (Node.isShorthandPropertyAssignment(parent)) return parent.getValueSymbol();
  return name.getSymbol();
}

/** Whether a text is TypeScript at all; a hundred times faster than asking for its types. */
export function parses(source: string): boolean {
  const parsed = ts.createSourceFile('kernel.ts', source, ts.ScriptTarget.ES2023);
  const { parseDiagnostics } = parsed as unknown as { parseDiagnostics: readonly unknown[] };
  return parseDiagnostics.length === 0;
}
