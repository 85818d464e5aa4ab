import { Node } from 'ts-morph';
import { statementsOf } from '../kernel-parts.ts';
import type { KernelText } from '../kernel-text.ts';
import { type Change, deletion, type Reduction } from '../reduction.ts';
import { declaredBy, itemDeletion } from '../removal.ts';

export const dropUnused: Reduction = {
  name: 'drop-unused',
  description: 'imports, functions, types and constants that nothing mentions go',
  changes(kernel) {
    const { file } = kernel;
    const changes: Change[] = [];
    for (const declaration of file.getImportDeclarations()) {
      const named = declaration.getNamedImports();
      for (const one of named) {
        if (!unused(kernel, one.getNameNode())) continue;
        const edit = itemDeletion(one, named);
        changes.push({ edits: [edit], site: edit });
      }
    }
    const local = statementsOf(kernel).filter((one) => Node.isVariableStatement(one));
    for (const one of [...file.getStatements(), ...local]) {
      const type = Node.isTypeAliasDeclaration(one) || Node.isInterfaceDeclaration(one);
      const names = type ? [one.getNameNode()] : declaredBy(one);
      if (names.length === 0 || !names.every((name) => unused(kernel, name))) continue;
      const edit = deletion(one.getStart(), one.getEnd());
      changes.push({ edits: [edit], site: edit });
    }
    return changes;
  },
};

function unused(kernel: KernelText, name: Node): boolean {
  const symbol = name.getSymbol();
  return symbol !== undefined && kernel.references(symbol).length <= 1;
}
