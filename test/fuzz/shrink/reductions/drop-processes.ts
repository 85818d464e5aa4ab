import { type CallExpression, type Identifier, Node } from 'ts-morph';
import { isStream, statementsOf } from '../kernel-parts.ts';
import type { KernelText } from '../kernel-text.ts';
import type { Change, Reduction } from '../reduction.ts';
import { calledFunction, Removal } from '../removal.ts';

/**
 * A process goes, with its streams: who read from it reads zeros, who wrote to it writes no more. Or what
 * it read goes directly to who reads what it wrote, which keeps the number of elements.
 */
export const dropProcesses: Reduction = {
  name: 'drop-processes',
  description: 'a process goes, and its streams with it or past it',
  changes(kernel) {
    return statementsOf(kernel).flatMap((statement) => {
      if (!Node.isExpressionStatement(statement)) return [];
      const call = statement.getExpression();
      if (!Node.isCallExpression(call) || calledFunction(call) === undefined) return [];
      const changes = [...bypasses(kernel, statement, call), cut(kernel, statement, call)];
      return changes.filter((one) => one !== undefined);
    });
  },
};

function streamArguments(call: CallExpression): Identifier[] {
  return call
    .getArguments()
    .filter(Node.isIdentifier)
    .filter((one) => isStream(one.getType()));
}

function removal(kernel: KernelText, statement: Node, call: CallExpression): Removal {
  const removed = new Removal(kernel).statement(statement);
  const called = calledFunction(call);
  const name = called?.getNameNode()?.getSymbol();
  // Its text goes too, unless another call needs it.
  const used = name === undefined ? 0 : kernel.references(name).length;
  if (called !== undefined && used === 2) removed.statement(called);
  return removed;
}

function declarationOf(name: Identifier): Node | undefined {
  const declared = name.getSymbol()?.getValueDeclaration();
  return Node.isVariableDeclaration(declared) ? declared.getVariableStatement() : undefined;
}

function cut(kernel: KernelText, statement: Node, call: CallExpression): Change | undefined {
  const removed = removal(kernel, statement, call);
  for (const stream of streamArguments(call)) {
    const declared = declarationOf(stream);
    if (declared !== undefined) removed.statement(declared);
  }
  return removed.change(statement);
}

/** Each stream of the process in the place of each other one of the same type that the region made. */
function bypasses(
  kernel: KernelText,
  statement: Node,
  call: CallExpression,
): (Change | undefined)[] {
  const streams = streamArguments(call);
  return streams.flatMap((kept, at) =>
    streams.map((gone, other) => {
      const declared = declarationOf(gone);
      // Of two of the region's own, one way round is as good as the other.
      if (other === at || (other < at && declarationOf(kept) !== undefined)) return undefined;
      if (kept.getType().getText() !== gone.getType().getText()) return undefined;
      const name = Node.isVariableStatement(declared)
        ? declared.getDeclarations()[0].getNameNode()
        : undefined;
      if (declared === undefined || name === undefined) return undefined;
      const removed = removal(kernel, statement, call).replaceUses(name, kept.getText());
      const { from, to } = { from: declared.getStart(), to: declared.getEnd() };
      for (const other of streams) {
        const also = other === kept || other === gone ? undefined : declarationOf(other);
        if (also !== undefined) removed.statement(also);
      }
      return removed.edit({ from, to, text: '' }).change(statement);
    }),
  );
}
