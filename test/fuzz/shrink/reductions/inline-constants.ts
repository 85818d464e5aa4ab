import { Node, SyntaxKind } from 'ts-morph';
import type { Reduction } from '../reduction.ts';
import { assignedBy, Removal } from '../removal.ts';

export const inlineConstants: Reduction = {
  name: 'inline-constants',
  description: 'a constant that is used once, or that is a literal, stands where it is used',
  changes(kernel) {
    return kernel.file.getDescendantsOfKind(SyntaxKind.VariableStatement).flatMap((statement) => {
      const [declared, ...others] = statement.getDeclarations();
      const value = declared.getInitializer()?.getText();
      const name = declared.getNameNode();
      const symbol = name.getSymbol();
      if (others.length > 0 || value === undefined || symbol === undefined) return [];
      if (!Node.isIdentifier(name)) return [];
      const references = kernel.references(symbol);
      // A variable that nothing assigns any more is a constant, too.
      if (references.some((one) => assignedBy(one) !== undefined)) return [];
      const uses = references.length - 1;
      const literal = /^\w+\((\d+n?|true|false)\)$|^\d+n?$/.test(value);
      if (uses === 0 || (uses > 1 && !literal)) return [];
      const change = new Removal(kernel)
        .replaceUses(name, value)
        .edit({ from: statement.getStart(), to: statement.getEnd(), text: '' })
        .change(statement);
      return change === undefined ? [] : [change];
    });
  },
};
