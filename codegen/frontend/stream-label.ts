import { type CallExpression, Node } from 'ts-morph';

/** What the source calls a stream: the constant that holds it, and the way to it inside that. */
export interface StreamLabel {
  readonly base: string;
  readonly fields: readonly string[];
}

/**
 * Found by looking outwards from the call: `const lane = { ids: stream(u32) }` is `lane` with `ids`. The
 * result of a function is named after the function.
 */
export function streamLabel(call: CallExpression): StreamLabel {
  const fields: string[] = [];
  let inner: Node = call;
  for (let node = call.getParent(); node !== undefined; inner = node, node = node.getParent()) {
    if (Node.isPropertyAssignment(node)) fields.unshift(node.getName());
    if (Node.isArrayLiteralExpression(node)) {
      fields.unshift(String(node.getElements().indexOf(inner as never)));
    }
    if (Node.isVariableDeclaration(node)) return ofPattern(node.getNameNode(), fields);
    if (Node.isFunctionDeclaration(node)) return { base: node.getName() ?? 'stream', fields };
    if (Node.isBinaryExpression(node)) return { base: holder(node.getLeft()), fields };
    if (Node.isCallExpression(node)) {
      const callee = node.getExpression();
      if (Node.isPropertyAccessExpression(callee) && callee.getName() === 'push') {
        return { base: holder(callee.getExpression()), fields };
      }
    }
  }
  return { base: 'stream', fields };
}

/** The variable behind `all`, `all[i]`, `lane.ids`. */
function holder(node: Node): string {
  if (Node.isIdentifier(node)) return node.getText();
  if (Node.isPropertyAccessExpression(node) || Node.isElementAccessExpression(node)) {
    return holder(node.getExpression());
  }
  return 'stream';
}

/** `const [a, b] = [stream(u8), stream(u8)]`: each by the name that it gets. */
function ofPattern(pattern: Node, fields: readonly string[]): StreamLabel {
  if (Node.isIdentifier(pattern)) return { base: pattern.getText(), fields };
  const [key, ...rest] = fields;
  const elements =
    Node.isObjectBindingPattern(pattern) || Node.isArrayBindingPattern(pattern)
      ? pattern.getElements()
      : [];
  for (const [at, one] of elements.entries()) {
    if (Node.isOmittedExpression(one)) continue;
    const named = one.getPropertyNameNode()?.getText() ?? one.getName();
    const own = Node.isArrayBindingPattern(pattern) ? String(at) : named;
    if (own === key) return ofPattern(one.getNameNode(), rest);
  }
  return { base: key ?? 'stream', fields: rest };
}
