import { ts } from 'ts-morph';

/**
 * How large a program is, for a reader: declarations and statements first, then its words, then the
 * numbers among them, then comments and imports. Every reduction must make it less, so shrinking ends.
 */
export type ProgramSize = readonly [parts: number, tokens: number, magnitude: number, rest: number];

export function programSize(source: string): ProgramSize {
  const file = ts.createSourceFile('kernel.ts', source, ts.ScriptTarget.ES2023);
  let parts = 0;
  let tokens = 0;
  let magnitude = 0;
  let imports = 0;
  const visit = (node: ts.Node): void => {
    // What is imported follows from the rest.
    if (ts.isImportDeclaration(node)) {
      imports += node.getText(file).split(',').length;
      return;
    }
    if (isPart(node)) parts += 1;
    const leaf = node.getChildCount(file) === 0;
    if (leaf) {
      // A name stands for more than a number does.
      tokens += ts.isIdentifier(node) ? 3 : 1;
      magnitude += magnitudeOf(node.getText(file));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const length = (text: string) => text.replace(/\s+/g, '').length;
  const printed = ts.createPrinter({ removeComments: true }).printFile(file);
  return [parts, tokens, magnitude, imports + Math.max(0, length(source) - length(printed))];
}

function isPart(node: ts.Node): boolean {
  return (
    (ts.isStatement(node) && !ts.isBlock(node)) ||
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isPropertyAssignment(node)
  );
}

function magnitudeOf(text: string): number {
  const [, sign, width] = /^([ui])(\d+)$/.exec(text) ?? [];
  if (width !== undefined) return Number(width) + (sign === 'i' ? 0.5 : 0);
  const value = /^\d/.test(text) ? Number(text.replace('n', '')) : 0;
  return Number.isFinite(value) ? Math.log2(value + 1) : 0;
}

export function isSmaller(one: ProgramSize, other: ProgramSize): boolean {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && one[at] < other[at];
}
