import { Node, SyntaxKind } from 'ts-morph';
import { deletion, type Reduction } from '../reduction.ts';

export const dropElse: Reduction = {
  name: 'drop-else',
  description: 'the else branch of a condition goes',
  changes({ file }) {
    return file.getDescendantsOfKind(SyntaxKind.IfStatement).flatMap((one) => {
      const otherwise = one.getElseStatement();
      if (!Node.isNode(otherwise)) return [];
      const edit = deletion(one.getThenStatement().getEnd(), otherwise.getEnd());
      return [{ edits: [edit], site: edit }];
    });
  },
};
