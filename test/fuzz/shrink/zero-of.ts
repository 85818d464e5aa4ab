import { Node, type Type } from 'ts-morph';

/** A text that stands for a value, and the names of the language that it uses. */
export interface ZeroText {
  readonly text: string;
  readonly needs: readonly string[];
}

/**
 * The simplest expression that has the type of another: 0 in its width, a vector or a record of zeros.
 * Undefined where there is none that is sure to have it.
 */
export function zeroOf(expression: Node): ZeroText | undefined {
  return zeroOfType(expression.getType(), expression);
}

function zeroOfType(type: Type, at: Node): ZeroText | undefined {
  if (type.isBoolean() || type.isBooleanLiteral()) return { text: 'false', needs: [] };
  const brand = brandOf(type);
  if (brand !== undefined) {
    if (/^[ui]\d+$/.test(brand)) return { text: `${brand}(0)`, needs: [brand] };
    const maker = makerOf(brand, at);
    return maker === undefined ? undefined : { text: `${maker}(0)`, needs: [] };
  }
  if (type.isNumber() || type.isNumberLiteral()) return { text: '0', needs: [] };
  if (type.isBigInt() || type.isBigIntLiteral()) return { text: '0n', needs: [] };
  const vector = type.isReadonlyArray() || type.isArray();
  const element = vector ? type.getArrayElementType() : undefined;
  if (element !== undefined) {
    const zero = zeroOfType(element, at);
    const lanes = lanesOf(at, element);
    if (zero === undefined || lanes === undefined) return undefined;
    const maker = /^(\w+)\(0\)$/.exec(zero.text)?.[1];
    if (maker === undefined) return undefined;
    return { text: `vec(${maker}, ${lanes}, () => 0)`, needs: ['vec', ...zero.needs] };
  }
  if (type.isObject() && type.getCallSignatures().length === 0) return zeroRecord(type, at);
  return undefined;
}

function zeroRecord(type: Type, at: Node): ZeroText | undefined {
  const fields: string[] = [];
  const needs: string[] = [];
  for (const property of type.getProperties()) {
    // A method makes it a stream, a port or an array: nothing that is written down as a value.
    const zero = zeroOfType(property.getTypeAtLocation(at), at);
    if (zero === undefined || zero.text.startsWith('vec(')) return undefined;
    fields.push(`${property.getName()}: ${zero.text}`);
    needs.push(...zero.needs);
  }
  return fields.length === 0 ? undefined : { text: `{ ${fields.join(', ')} }`, needs };
}

/** The name that the language gives a type of declared width: 'u8'. */
export function brandOf(type: Type): string | undefined {
  if (!type.isIntersection()) return undefined;
  for (const part of type.getIntersectionTypes()) {
    for (const property of part.getProperties()) {
      if (!property.getName().startsWith('__@brand')) continue;
      const declared = property.getValueDeclaration();
      const literal = declared === undefined ? undefined : property.getTypeAtLocation(declared);
      const text = literal?.getLiteralValue();
      if (typeof text === 'string') return text;
    }
  }
  return undefined;
}

/** A constant of the file that makes values of a type: `const sample = fixed(16, 12, …)`. */
function makerOf(brand: string, at: Node): string | undefined {
  for (const one of at.getSourceFile().getVariableDeclarations()) {
    const made = one
      .getType()
      .getCallSignatures()
      .map((signature) => brandOf(signature.getReturnType()));
    if (made.includes(brand)) return one.getName();
  }
  return undefined;
}

/** How many lanes a vector has, as text, where the source says so near by. */
function lanesOf(expression: Node, element: Type): string | undefined {
  if (Node.isIdentifier(expression)) {
    const declaration = expression.getSymbol()?.getValueDeclaration();
    const initial = Node.isVariableDeclaration(declaration)
      ? declaration.getInitializer()
      : undefined;
    return initial === undefined ? undefined : lanesOf(initial, element);
  }
  if (Node.isParenthesizedExpression(expression)) {
    return lanesOf(expression.getExpression(), element);
  }
  if (Node.isConditionalExpression(expression)) {
    return (
      lanesOf(expression.getWhenTrue(), element) ?? lanesOf(expression.getWhenFalse(), element)
    );
  }
  if (!Node.isCallExpression(expression)) return undefined;
  const called = expression.getExpression();
  if (Node.isIdentifier(called) && called.getText() === 'vec') {
    const lanes = expression.getArguments()[1]?.getText();
    return /^\d+$/.test(lanes ?? '') ? lanes : undefined;
  }
  if (!Node.isPropertyAccessExpression(called)) return undefined;
  if (called.getName() === 'with') return lanesOf(called.getExpression(), element);
  const width = /^[ui](\d+)$/.exec(brandOf(element) ?? '')?.[1];
  return called.getName() === 'receive' && width !== undefined
    ? String(512 / Number(width))
    : undefined;
}
