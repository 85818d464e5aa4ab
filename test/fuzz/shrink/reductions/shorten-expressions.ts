import { type Expression, Node } from 'ts-morph';
import type { KernelText } from '../kernel-text.ts';
import { type Change, deletion, type Reduction } from '../reduction.ts';
import { zeroOf } from '../zero-of.ts';

/** Everything that is computed, outer ones before what is in them. */
function values({ file }: KernelText): Expression[] {
  return file
    .getDescendants()
    .filter(Node.isExpression)
    .filter((one) => {
      const parent = one.getParent();
      if (Node.isIdentifier(one) || Node.isPropertyAccessExpression(one)) return false;
      if (Node.isLiteralLike(one) || Node.isParenthesizedExpression(one)) return false;
      return !Node.isExpressionStatement(parent) && !Node.isImportDeclaration(parent);
    });
}

function replaceWithin(outer: Node, inner: Node): Change {
  const from = outer.getStart();
  const to = outer.getEnd();
  return {
    edits: [deletion(from, inner.getStart()), deletion(inner.getEnd(), to)],
    site: { from, to },
  };
}

export const zeroExpressions: Reduction = {
  name: 'zero-expressions',
  description: 'an expression becomes 0 of its type, a condition false or true',
  changes(kernel) {
    return values(kernel).flatMap((one) => {
      const zero = zeroOf(one);
      if (zero === undefined || zero.text === one.getText()) return [];
      const site = { from: one.getStart(), to: one.getEnd() };
      const texts = zero.text === 'false' ? ['false', 'true'] : [zero.text];
      return texts.map((text) => ({ edits: [{ ...site, text }], site, needs: zero.needs }));
    });
  },
};

export const operandExpressions: Reduction = {
  name: 'operand-expressions',
  description: 'an expression becomes one of its operands, of any kind',
  changes(kernel) {
    return values(kernel).flatMap((one) =>
      operandsOf(one)
        .filter((inner) => inner !== one)
        .map((inner) => replaceWithin(one, inner)),
    );
  },
};

/** What an operator or a call works on. */
function operandsOf(node: Node): Node[] {
  if (Node.isBinaryExpression(node)) {
    const assigns = /^[^=!<>]*=$/.test(node.getOperatorToken().getText());
    return assigns ? [] : [node.getLeft(), node.getRight()];
  }
  if (Node.isConditionalExpression(node)) {
    return [node.getWhenTrue(), node.getWhenFalse(), node.getCondition()];
  }
  if (Node.isPrefixUnaryExpression(node)) return [node.getOperand()];
  if (Node.isElementAccessExpression(node)) {
    const index = node.getArgumentExpression();
    return index === undefined ? [] : [index];
  }
  if (!Node.isCallExpression(node)) return [];
  const called = node.getExpression();
  const object = Node.isPropertyAccessExpression(called) ? [called.getExpression()] : [];
  return [...node.getArguments().filter((one) => !Node.isArrowFunction(one)), ...object];
}
