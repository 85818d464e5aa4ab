import {
  type MethodDeclaration,
  Node,
  type ObjectLiteralExpression,
  SyntaxKind,
  type Type,
} from 'ts-morph';
import type { KernelText } from './kernel-text.ts';

/** The object in `kernel({ … })`; undefined where a file has none. */
export function kernelObject({ file }: KernelText): ObjectLiteralExpression | undefined {
  for (const call of file.getDescendantsOfKind(SyntaxKind.CallExpression)) {
    const [object] = call.getArguments();
    if (call.getExpression().getText() === 'kernel' && Node.isObjectLiteralExpression(object)) {
      return object;
    }
  }
  return undefined;
}

export function kernelMethod(kernel: KernelText, name: string): MethodDeclaration | undefined {
  const property = kernelObject(kernel)?.getProperty(name);
  return Node.isMethodDeclaration(property) ? property : undefined;
}

/** Object literals directly in a property of the kernel: what `arguments` and `workload` give. */
export function objectsOf(kernel: KernelText, name: string): ObjectLiteralExpression[] {
  const property = kernelObject(kernel)?.getProperty(name);
  return (property?.getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression) ?? []).filter(
    (one) =>
      one.getFirstAncestorByKind(SyntaxKind.ObjectLiteralExpression) === kernelObject(kernel),
  );
}

/** Every statement in a list of them, outer ones before what is in them. */
export function statementsOf({ file }: KernelText): Node[] {
  return file.getDescendants().filter((one) => {
    const parent = one.getParent();
    return (
      Node.isStatement(one) &&
      !Node.isBlock(one) &&
      (Node.isBlock(parent) || Node.isCaseClause(parent) || Node.isDefaultClause(parent))
    );
  });
}

/** `if`, `for`, `while` and `do`: what has statements of its own inside. */
export function bodiesOf(statement: Node): Node[] {
  if (Node.isIfStatement(statement)) {
    const otherwise = statement.getElseStatement();
    return [statement.getThenStatement(), ...(otherwise === undefined ? [] : [otherwise])];
  }
  return Node.isIterationStatement(statement) ? [statement.getStatement()] : [];
}

export function isStream(type: Type): boolean {
  return type.getProperty('write') !== undefined && type.getProperty('read') !== undefined;
}
