import { type CallExpression, type Expression, Node } from 'ts-morph';
import { moduleScope } from './module-scope.ts';
import type { FunctionNode, Value } from './values.ts';

/**
 * True for a function that belongs to the dataflow region which calls it: it makes streams, or calls a
 * function that does. Any other function that a region calls is a process. `known`: what was found before.
 */
export function makesStreams(
  declaration: FunctionNode,
  known: Map<FunctionNode, boolean>,
): boolean {
  const found = known.get(declaration);
  if (found !== undefined) return found;
  // A function that calls itself is what the rest of it is.
  known.set(declaration, false);
  const calls = declaration.getDescendants().filter(Node.isCallExpression);
  const made = calls.some((one) => leadsToStream(one, known)) && !calls.some(isProcessWork);
  known.set(declaration, made);
  return made;
}

/** What only a process does; the stream that is made beside it is the mistake. */
const work = new Set(['read', 'write', 'request', 'receive', 'send', 'response']);

function isProcessWork(node: CallExpression): boolean {
  const callee = node.getExpression();
  if (Node.isPropertyAccessExpression(callee)) return work.has(callee.getName());
  return callee.getText() === 'pipeline';
}

function leadsToStream(node: CallExpression, known: Map<FunctionNode, boolean>): boolean {
  const names = [node.getExpression(), ...node.getArguments()];
  return names.some((one) => {
    const value = topLevel(one as Expression);
    if (value?.kind === 'builtin') return value.name === 'stream';
    return value?.kind === 'function' && makesStreams(value.declaration, known);
  });
}

/** What a name of the file's top level stands for; undefined for anything else. */
function topLevel(node: Expression): Value | undefined {
  if (Node.isIdentifier(node)) {
    const binding = moduleScope(node.getSourceFile()).find(node.getText());
    return binding?.kind === 'const' ? binding.value : undefined;
  }
  if (!Node.isPropertyAccessExpression(node)) return undefined;
  const holder = topLevel(node.getExpression());
  return holder?.kind === 'record' ? holder.fields.get(node.getName()) : undefined;
}
