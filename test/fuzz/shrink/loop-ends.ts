import { ts } from 'ts-morph';

/**
 * What ends each loop of a text: its condition, its step, and every statement within that assigns a variable
 * of the condition, jumps, or decides whether to. A candidate whose loops end otherwise than those of the
 * program before may never end, and who asks it waits for ever: it is not tried. To go as a whole, or to
 * count to another bound, is always allowed.
 */
export function loopEnds(source: string): ReadonlySet<string> {
  const file = ts.createSourceFile('kernel.ts', source, ts.ScriptTarget.ES2023, true);
  const ends = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isForStatement(node)) {
      ends.add(`for ${boundOf(node)} ${text(node.incrementor)} ${decisions(node, counters(node))}`);
    }
    if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
      ends.add(`while ${text(node.expression)} ${decisions(node, namesIn(node.expression))}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return ends;
}

function text(node: ts.Node | undefined): string {
  return node?.getText().replace(/\s+/g, ' ') ?? '';
}

/** `k < `: the bound itself may become anything. */
function boundOf({ condition }: ts.ForStatement): string {
  if (condition === undefined || !ts.isBinaryExpression(condition)) return text(condition);
  return `${text(condition.left)} ${text(condition.operatorToken)}`;
}

function counters({ initializer }: ts.ForStatement): ReadonlySet<string> {
  return initializer !== undefined && ts.isVariableDeclarationList(initializer)
    ? new Set(initializer.declarations.map((one) => text(one.name)))
    : new Set();
}

function namesIn(node: ts.Node): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (one: ts.Node): void => {
    if (ts.isIdentifier(one)) names.add(one.text);
    ts.forEachChild(one, visit);
  };
  visit(node);
  return names;
}

/** Assignments of the names and jumps below a loop, each with the conditions around it. */
function decisions(loop: ts.Node, names: ReadonlySet<string>): string {
  const found: string[] = [];
  const visit = (node: ts.Node, under: string): void => {
    if (node !== loop && ts.isIterationStatement(node, false)) under += ' loop';
    const assigns =
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      names.has(text(node.left));
    const jumps = ts.isContinueStatement(node) || ts.isBreakStatement(node);
    if (assigns || jumps) found.push(`${under}: ${text(node)}`);
    if (ts.isIfStatement(node)) {
      const condition = text(node.expression);
      visit(node.thenStatement, `${under} if ${condition}`);
      if (node.elseStatement !== undefined)
        visit(node.elseStatement, `${under} unless ${condition}`);
      return;
    }
    ts.forEachChild(node, (one) => visit(one, under));
  };
  visit(loop, '');
  return found.join('; ');
}
