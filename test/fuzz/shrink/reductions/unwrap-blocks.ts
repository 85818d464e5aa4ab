import { Node } from 'ts-morph';
import { bodiesOf, statementsOf } from '../kernel-parts.ts';
import { deletion, type Edit, type Reduction } from '../reduction.ts';
import { Removal } from '../removal.ts';

export const unwrapBlocks: Reduction = {
  name: 'unwrap-blocks',
  description: 'a loop or a condition goes, its body stays, or one branch of two',
  changes(kernel) {
    return statementsOf(kernel).flatMap((statement) =>
      bodiesOf(statement).flatMap((body) => {
        const removed = new Removal(kernel).edit(...around(statement, body));
        const start = Node.isForStatement(statement) ? statement.getInitializer() : undefined;
        // The counter of the loop is what it begins with.
        if (Node.isVariableDeclarationList(start)) {
          for (const one of start.getDeclarations()) {
            removed.replaceUses(one.getNameNode(), one.getInitializer()?.getText() ?? '0');
          }
        }
        const change = removed.change(statement);
        return change === undefined ? [] : [change];
      }),
    );
  },
};

/** Takes all of a statement away but for the statements of one of its bodies. */
function around(statement: Node, body: Node): Edit[] {
  const inner = Node.isBlock(body) ? 1 : 0;
  return [
    deletion(statement.getStart(), body.getStart() + inner),
    deletion(body.getEnd() - inner, statement.getEnd()),
  ];
}
