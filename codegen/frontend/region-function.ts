import { type CallExpression, type Expression, Node } from 'ts-morph';
import { moduleScope } from './module-scope.ts';
import type { FunctionNode, Value } from './values.ts';

/** What only a process does, with a stream, a memory or a loop. */
const methods = new Set(['read', 'write', 'request', 'receive', 'send', 'response']);
const words = new Set(['pipeline', 'unroll', 'array', 'print', 'assert']);

/**
 * True for a function that belongs to the dataflow region which calls it: it makes streams, or does nothing
 * but call such functions and processes. Any other function that a region calls is a process. `known`: what
 * was found before.
 */
export function belongsToRegion(
  declaration: FunctionNode,
  known: Map<FunctionNode, boolean>,
): boolean {
  const found = known.get(declaration);
  if (found !== undefined) return found;
  // A function that calls itself is what the rest of it is.
  known.set(declaration, false);
  const calls = callsOf(declaration);
  const belongs = !calls.some(isWork) && calls.some((one) => leadsToProcesses(one, known));
  known.set(declaration, belongs);
  return belongs;
}

function callsOf(declaration: FunctionNode): readonly CallExpression[] {
  return declaration.getDescendants().filter(Node.isCallExpression);
}

function isWork(node: CallExpression): boolean {
  const callee = node.getExpression();
  if (Node.isPropertyAccessExpression(callee)) return methods.has(callee.getName());
  return words.has(callee.getText());
}

/** A call that makes a stream, or that only a region makes: of a function whose loop is pipelined. */
function leadsToProcesses(node: CallExpression, known: Map<FunctionNode, boolean>): boolean {
  const names = [node.getExpression(), ...node.getArguments()];
  return names.some((one) => {
    const value = topLevel(one as Expression);
    if (value?.kind === 'builtin') return value.name === 'stream';
    if (value?.kind !== 'function') return false;
    const { declaration } = value;
    const pipelined = callsOf(declaration).some(
      (inner) => inner.getExpression().getText() === 'pipeline',
    );
    return pipelined || belongsToRegion(declaration, known);
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
