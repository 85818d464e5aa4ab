import {
  type CallExpression,
  type FunctionDeclaration,
  Node,
  type ParameterDeclaration,
  type Symbol as Sym,
} from 'ts-morph';
import { type KernelText, symbolOf } from './kernel-text.ts';
import { type Change, deletion, type Edit } from './reduction.ts';
import { zeroOf } from './zero-of.ts';

/** What takes part of a program away must also say what becomes of all that looks at that part. */
export class Removal {
  private readonly kernel: KernelText;
  private readonly edits: Edit[] = [];
  /** Statements that go, and whether what they read is still read in their place. */
  private readonly dropped = new Map<Node, boolean>();
  private readonly needs = new Set<string>();
  private readonly gone = new Set<Sym>();
  /** False once something has no meaning without what was taken away: there is no such change then. */
  private possible = true;

  constructor(kernel: KernelText) {
    this.kernel = kernel;
  }

  change(site: Node): Change | undefined {
    const edits = [...this.edits, ...[...this.dropped].map((one) => this.dropping(...one))];
    if (!this.possible || edits.length === 0) return undefined;
    return {
      edits,
      needs: [...this.needs],
      site: { from: site.getStart(), to: site.getEnd() },
    };
  }

  edit(...edits: readonly Edit[]): this {
    this.edits.push(...edits);
    return this;
  }

  /** A statement in a block, and every later use of what it declares. */
  statement(node: Node, keepReads = false): this {
    this.dropped.set(node, keepReads && this.dropped.get(node) !== false);
    for (const declared of declaredBy(node)) this.uses(declared, node);
    return this;
  }

  /** Everything outside a node that refers to what a name declares. */
  uses(name: Node, outside?: Node): this {
    const symbol = symbolOf(name);
    if (symbol === undefined || this.gone.has(symbol)) return this;
    this.gone.add(symbol);
    for (const use of this.kernel.references(symbol)) {
      if (use === name || (outside !== undefined && within(use, outside))) continue;
      this.use(use);
    }
    return this;
  }

  /** Replaces every use of a name by a text, as `size` by `1`. */
  replaceUses(name: Node, text: string): this {
    const symbol = symbolOf(name);
    for (const use of symbol === undefined ? [] : this.kernel.references(symbol)) {
      if (use !== name) this.replace(use, text);
    }
    return this;
  }

  /** One parameter of a function with its uses, and the argument in every call of it. */
  parameter(parameter: ParameterDeclaration): this {
    const owner = parameter.getParent();
    const name = Node.isFunctionDeclaration(owner) ? owner.getNameNode() : undefined;
    const symbol = name === undefined ? undefined : symbolOf(name);
    if (!Node.isFunctionDeclaration(owner) || symbol === undefined) return this.impossible();
    const own = symbolOf(parameter.getNameNode());
    if (own !== undefined && this.gone.has(own)) return this;
    const at = owner.getParameters().indexOf(parameter);
    this.edits.push(itemDeletion(parameter, owner.getParameters()));
    for (const use of this.kernel.references(symbol)) {
      if (use === name) continue;
      const call = use.getParent();
      if (!Node.isCallExpression(call) || call.getExpression() !== use) return this.impossible();
      const args = call.getArguments();
      if (args.length > at) this.edits.push(itemDeletion(args[at], args));
    }
    return this.uses(parameter.getNameNode());
  }

  private dropping(node: Node, keepReads: boolean): Edit {
    const parent = node.getParent();
    const inList =
      Node.isBlock(parent) ||
      Node.isSourceFile(parent) ||
      Node.isCaseClause(parent) ||
      Node.isDefaultClause(parent);
    const kept = (keepReads ? readsWithin(node) : []).filter((one) => {
      const symbol = symbolOf(one.getFirstDescendantOrThrow(Node.isIdentifier));
      return symbol === undefined || !this.gone.has(symbol);
    });
    const text = kept.map((one) => `${one.getText()};`).join(' ');
    // The body of `for (…) x();` is no member of a list: a statement must stay.
    return { from: node.getStart(), to: node.getEnd(), text: inList ? text : `{${text}}` };
  }

  private impossible(): this {
    this.possible = false;
    return this;
  }

  private replace(node: Node, text: string): void {
    const parent = node.getParent();
    const whole = Node.isShorthandPropertyAssignment(parent) ? `${node.getText()}: ${text}` : text;
    this.edits.push({ from: node.getStart(), to: node.getEnd(), text: whole });
  }

  private use(use: Node): void {
    const chain = accessChain(use);
    const parent = chain.getParent();
    if (Node.isCallExpression(parent) && parent.getArguments().includes(chain)) {
      const called = calledFunction(parent);
      const parameter = called?.getParameters()[parent.getArguments().indexOf(chain)];
      // A stream or a memory has no zero: the function does without it.
      if (parameter !== undefined && zeroOf(chain) === undefined) {
        this.parameter(parameter);
        return;
      }
    }
    if (Node.isExpressionStatement(parent)) {
      this.statement(parent, true);
      return;
    }
    const target = assignedBy(chain);
    if (target !== undefined) {
      this.statement(target, true);
      return;
    }
    const zero = zeroOf(chain);
    if (zero === undefined) {
      this.impossible();
      return;
    }
    for (const name of zero.needs) this.needs.add(name);
    this.replace(chain, zero.text);
  }
}

/** Whether `node` is `outer` or lies in it. */
function within(node: Node, outer: Node): boolean {
  return node.getStart() >= outer.getStart() && node.getEnd() <= outer.getEnd();
}

/** The names that a statement declares for the statements after it. */
export function declaredBy(statement: Node): Node[] {
  if (Node.isFunctionDeclaration(statement)) {
    const name = statement.getNameNode();
    return name === undefined ? [] : [name];
  }
  if (!Node.isVariableStatement(statement)) return [];
  return statement.getDeclarations().flatMap((one) => namesIn(one.getNameNode()));
}

function namesIn(pattern: Node): Node[] {
  if (Node.isIdentifier(pattern)) return [pattern];
  if (!Node.isObjectBindingPattern(pattern) && !Node.isArrayBindingPattern(pattern)) return [];
  return pattern
    .getElements()
    .flatMap((one) => (Node.isBindingElement(one) ? namesIn(one.getNameNode()) : []));
}

/** `x` of a use that goes on as `x.with(0, 1)[2]`: the whole of it. */
function accessChain(use: Node): Node {
  const parent = use.getParent();
  const goesOn =
    ((Node.isPropertyAccessExpression(parent) || Node.isElementAccessExpression(parent)) &&
      parent.getExpression() === use) ||
    (Node.isCallExpression(parent) && parent.getExpression() === use);
  return goesOn ? accessChain(parent) : use;
}

/** The statement whose left side a chain is: `x[1] = 2;`. */
export function assignedBy(chain: Node): Node | undefined {
  const parent = chain.getParent();
  const assigns =
    (Node.isBinaryExpression(parent) &&
      parent.getLeft() === chain &&
      /^[^=!<>]*=$/.test(parent.getOperatorToken().getText())) ||
    Node.isPostfixUnaryExpression(parent) ||
    (Node.isPrefixUnaryExpression(parent) && /^(\+\+|--)/.test(parent.getText()));
  const statement = assigns ? parent?.getParent() : undefined;
  return Node.isExpressionStatement(statement) ? statement : undefined;
}

/** The function of this file that a call calls. */
export function calledFunction(call: CallExpression): FunctionDeclaration | undefined {
  const called = call.getExpression();
  const declared = Node.isIdentifier(called) ? symbolOf(called)?.getValueDeclaration() : undefined;
  return Node.isFunctionDeclaration(declared) ? declared : undefined;
}

/** What a statement takes from streams and memories: without it the other end would have too many. */
export function readsWithin(node: Node): Node[] {
  return node
    .getDescendants()
    .filter((one) => Node.isCallExpression(one) && /\.(read|receive)\(\)$/.test(one.getText()));
}

/** Takes one of a list of things away, with the comma behind it; a last comma may stay in any list. */
export function itemDeletion(item: Node, list: readonly Node[]): Edit {
  const at = list.indexOf(item);
  if (at < list.length - 1) return deletion(item.getStart(), list[at + 1].getStart());
  const rest = item.getSourceFile().getFullText().slice(item.getEnd());
  return deletion(item.getStart(), item.getEnd() + (/^\s*,/.exec(rest)?.[0].length ?? 0));
}
