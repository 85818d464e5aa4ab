import { type CallExpression, type Expression, Node, type Statement } from 'ts-morph';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import type { ProcessBuilder } from './process-builder.ts';
import type { Scope } from './scope.ts';
import { spanOf } from './source-span.ts';
import { staticOf } from './values.ts';

/** Copies of a body that one iteration of hardware may hold. */
const mostCopies = 256;

/** What the top of a loop's body asks for, and the statements below. */
export interface Directives {
  readonly ii?: number;
  /** Copies of the body an iteration; 'all': no loop is left. */
  readonly unroll?: number | 'all';
  readonly rest: readonly Statement[];
}

/** Takes pipeline() and unroll() off the top of a loop's body, in any order. */
export function directives(body: Statement, scope: Scope, builder: ProcessBuilder): Directives {
  let rest: readonly Statement[] = Node.isBlock(body) ? body.getStatements() : [body];
  let ii: number | undefined;
  let unroll: number | 'all' | undefined;
  for (;;) {
    const [first] = rest;
    const call = Node.isExpressionStatement(first) ? first.getExpression() : undefined;
    const name = Node.isCallExpression(call) ? builtinName(call, scope) : undefined;
    if (!Node.isCallExpression(call) || (name !== 'pipeline' && name !== 'unroll')) break;
    if ((name === 'pipeline' ? ii : unroll) !== undefined) {
      fail('TW3022', spanOf(call), `${name}() stands here twice`, 'Remove one of them.');
    }
    const number = argumentOf(call, scope, builder);
    if (name === 'pipeline') ii = interval(call, number);
    else unroll = number === undefined ? 'all' : copies(call, number);
    rest = rest.slice(1);
  }
  return {
    ...(ii === undefined ? {} : { ii }),
    ...(unroll === undefined ? {} : { unroll }),
    rest,
  };
}

function builtinName(call: CallExpression, scope: Scope): string | undefined {
  const callee = scope.find(call.getExpression().getText());
  return callee?.kind === 'const' && callee.value.kind === 'builtin'
    ? callee.value.name
    : undefined;
}

/** The argument's value; undefined where there is none. */
function argumentOf(call: CallExpression, scope: Scope, builder: ProcessBuilder): unknown {
  const [argument] = call.getArguments() as Expression[];
  if (argument === undefined) return undefined;
  return staticOf(evaluate(argument, scope, builder))?.value ?? Number.NaN;
}

function interval(call: CallExpression, ii: unknown = 1): number {
  if (typeof ii === 'number' && Number.isInteger(ii) && ii >= 1) return ii;
  fail(
    'TW3003',
    spanOf(call),
    'an initiation interval is a whole number from 1 on',
    'Write pipeline(1).',
  );
}

function copies(call: CallExpression, factor: unknown): number {
  if (typeof factor === 'number' && Number.isInteger(factor) && factor >= 1 && factor <= mostCopies)
    return factor;
  fail(
    'TW3023',
    spanOf(call),
    `a loop is unrolled by a constant whole number from 1 to ${mostCopies}`,
    'Write unroll(4), or unroll() to copy the body for every iteration.',
  );
}
