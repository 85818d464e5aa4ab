import { type CaseClause, type DefaultClause, Node, type SwitchStatement } from 'ts-morph';
import { binary } from '../ir/build.ts';
import { type Expr, type Stmt, u1 } from '../ir/ir.ts';
import { fail } from './diagnostics.ts';
import { binaryOperator, evaluate } from './expressions.ts';
import { withJumps } from './jump-statements.ts';
import { eitherOf, type Flow, inSequence, landing, straight, Target } from './jumps.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { Scope } from './scope.ts';
import { settle } from './settle.ts';
import { spanOf } from './source-span.ts';
import { compileStatement } from './statements.ts';
import { staticOf, toHardware, type Value } from './values.ts';

type Clause = CaseClause | DefaultClause;

/** Labels that share statements, `case 1: case 2: …`. */
interface Group {
  readonly labels: readonly Clause[];
  readonly last: Clause;
}

/** `switch` as a chain of ifs; each group of cases ends with break, return or continue. */
export function switchStatement(
  node: SwitchStatement,
  scope: Scope,
  builder: ProcessBuilder,
): Flow {
  const span = spanOf(node);
  const value = settle('chosen', evaluate(node.getExpression(), scope, builder), builder, span);
  if (value.kind === 'poison') return straight;
  const end = new Target('inside', span, builder);
  end.arm();
  const groups = groupsOf(node);
  const chosen = groups.filter((one) => !one.labels.some(Node.isDefaultClause));
  const otherwise = groups.find((one) => one.labels.some(Node.isDefaultClause));
  const inner = new Scope(scope);
  const body = (group: Group): Flow => {
    const statements = group.last.getStatements();
    const flow = inSequence(
      statements.map((one) => () => compileStatement(one, inner, builder)),
      builder,
    );
    if (flow.falls && group !== groups[groups.length - 1]) {
      fail(
        'TW1033',
        spanOf(group.last),
        'this case may run on into the next',
        'End it with break; cases without statements may share those of the next.',
      );
    }
    return flow;
  };
  const chain = (at: number): Flow => {
    const group = chosen[at];
    if (group === undefined) return otherwise === undefined ? straight : body(otherwise);
    const test = labelTest(group, value, scope, builder);
    if (typeof test === 'boolean') return test ? body(group) : chain(at + 1);
    const lists: Stmt[][] = [[], []];
    builder.emit({ kind: 'if', condition: test, then: lists[0], else: lists[1], span });
    const branch = (list: Stmt[], compile: () => Flow): readonly [Flow, Stmt[]] => {
      let flow = straight;
      builder.into(list, () => {
        flow = compile();
      });
      return [flow, list];
    };
    return eitherOf(
      branch(lists[0], () => body(group)),
      branch(lists[1], () => chain(at + 1)),
    );
  };
  return landing(
    withJumps(builder, { ...builder.jumps, break: end }, () => chain(0)),
    end,
  );
}

function groupsOf(node: SwitchStatement): readonly Group[] {
  const groups: Group[] = [];
  let labels: Clause[] = [];
  const clauses = node.getClauses();
  clauses.forEach((clause, at) => {
    labels.push(clause);
    if (clause.getStatements().length === 0 && at < clauses.length - 1) return;
    groups.push({ labels, last: clause });
    labels = [];
  });
  return groups;
}

/** Whether the value is one of a group's; known at compile time, or as hardware. */
function labelTest(
  group: Group,
  value: Value,
  scope: Scope,
  builder: ProcessBuilder,
): Expr | boolean {
  let all: Expr | undefined;
  for (const label of group.labels) {
    if (!Node.isCaseClause(label)) continue;
    const span = spanOf(label);
    const expected = evaluate(label.getExpression(), scope, builder);
    if (staticOf(expected) === undefined) {
      fail(
        'TW1034',
        span,
        'a case must be known at compile time',
        'Write if … else if … to compare with values of the hardware.',
      );
    }
    const equal = binaryOperator('===', value, expected, span);
    const known = staticOf(equal);
    if (known !== undefined) {
      if (known.value) return true;
      continue;
    }
    const one = toHardware(equal, span).expr;
    all = all === undefined ? one : binary('or', u1, all, one);
  }
  return all ?? false;
}
