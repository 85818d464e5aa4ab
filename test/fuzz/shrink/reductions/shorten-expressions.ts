import { type Expression, Node, type Type } from 'ts-morph';
import type { KernelText } from '../kernel-text.ts';
import type { Reduction } from '../reduction.ts';
import { brandOf, zeroOf } from '../zero-of.ts';

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
    return values(kernel).flatMap((outer) =>
      operandsOf(outer).flatMap((inner) => {
        const wrapping = wrapped(outer, inner);
        if (wrapping === undefined) return [];
        const site = { from: outer.getStart(), to: outer.getEnd() };
        const [before, after] = wrapping === '' ? ['', ''] : [`${wrapping}(`, ')'];
        const edits = [
          { from: site.from, to: inner.getStart(), text: before },
          { from: inner.getEnd(), to: site.to, text: after },
        ];
        return [{ edits, site, needs: wrapping === '' ? [] : [wrapping] }];
      }),
    );
  },
};

/**
 * What to narrow an operand to so that it can stand for the whole: '' where it fits as it is. Undefined where
 * no width makes one of the other, or where the whole is nothing but that.
 */
function wrapped(outer: Node, inner: Node): string | undefined {
  const [whole, part] = [outer.getType(), inner.getType()];
  const brand = brandOf(whole);
  if (brand !== undefined && brandOf(part) !== brand) {
    const plain = /^[ui]\d+$/.test(brand) && (isNumeric(part) || part.isBoolean());
    const again = Node.isCallExpression(outer) && outer.getExpression().getText() === brand;
    return plain && !again ? brand : undefined;
  }
  const same = part.isAssignableTo(whole) || (whole.isNumber() && isNumeric(part) && !isBig(part));
  return same ? '' : undefined;
}

function isNumeric(type: Type): boolean {
  return (
    type.isNumber() || type.isNumberLiteral() || type.isBigInt() || brandOf(type) !== undefined
  );
}

function isBig(type: Type): boolean {
  const width = /^[ui](\d+)$/.exec(brandOf(type) ?? '')?.[1];
  return type.isBigInt() || Number(width ?? 0) > 53;
}

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
