import { elementOf, lanesOf, type Type, typeText } from '../ir/ir.ts';

/** A type as a kernel's author knows it: `u8`, `i16x32`, `fixed(16, 8)`, `ufixed(8, 4) x32`. */
export function formatText(type: Type, fraction: number): string {
  if (fraction === 0) return typeText(type);
  const { signed, width } = elementOf(type);
  const text = `${signed ? '' : 'u'}fixed(${width}, ${fraction})`;
  return type.kind === 'vec' ? `${text} x${lanesOf(type)}` : text;
}
