import { Node } from 'ts-morph';
import type { Reduction } from '../reduction.ts';

/** Loop bounds are literals too: `k < 16` becomes `k < 1`. */
export const smallerLiterals: Reduction = {
  name: 'smaller-literals',
  description: 'numbers become 0, 1, or a quarter of what they are',
  changes({ file }) {
    return file.getDescendants().flatMap((one) => {
      const big = Node.isBigIntLiteral(one);
      if (!big && !Node.isNumericLiteral(one)) return [];
      const value = BigInt(Math.trunc(Number(one.getText().replace('n', ''))));
      const site = { from: one.getStart(), to: one.getEnd() };
      const smaller = [...new Set([0n, 1n, value / 4n])].filter((to) => to < value);
      return smaller.map((to) => ({ edits: [{ ...site, text: `${to}${big ? 'n' : ''}` }], site }));
    });
  },
};
