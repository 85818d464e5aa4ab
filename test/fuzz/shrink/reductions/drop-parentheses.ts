import { SyntaxKind } from 'ts-morph';
import { deletion, type Reduction } from '../reduction.ts';

export const dropParentheses: Reduction = {
  name: 'drop-parentheses',
  description: 'parentheses around what binds by itself',
  changes({ file }) {
    return file.getDescendantsOfKind(SyntaxKind.ParenthesizedExpression).map((one) => {
      const [from, to] = [one.getStart(), one.getEnd()];
      return {
        edits: [deletion(from, from + 1), deletion(to - 1, to)],
        // The two characters only: what is inside may change as well.
        site: { from, to: from + 1 },
      };
    });
  },
};
