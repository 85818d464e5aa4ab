import {
  type ArrowFunction,
  type FunctionDeclaration,
  type FunctionExpression,
  Node,
} from 'ts-morph';

/** The name of a function, or of the constant that holds it. */
export function functionName(
  node: FunctionDeclaration | FunctionExpression | ArrowFunction,
): string {
  if (!Node.isArrowFunction(node)) {
    const own = node.getName();
    if (own !== undefined) return own;
  }
  const parent = node.getParent();
  return Node.isVariableDeclaration(parent) ? parent.getName() : 'lambda';
}
