import type { Reduction } from './reduction.ts';
import { dropArguments } from './reductions/drop-arguments.ts';
import { dropComments } from './reductions/drop-comments.ts';
import { dropDirectives } from './reductions/drop-directives.ts';
import { dropElse } from './reductions/drop-else.ts';
import { dropParentheses } from './reductions/drop-parentheses.ts';
import { dropProcesses } from './reductions/drop-processes.ts';
import { dropStatements, dropStatementsKeepReads } from './reductions/drop-statements.ts';
import { dropStreams } from './reductions/drop-streams.ts';
import { dropUnused } from './reductions/drop-unused.ts';
import { fewerElements } from './reductions/fewer-elements.ts';
import { inlineConstants } from './reductions/inline-constants.ts';
import { narrowerTypes } from './reductions/narrower-types.ts';
import { operandExpressions, zeroExpressions } from './reductions/shorten-expressions.ts';
import { smallerLiterals } from './reductions/smaller-literals.ts';
import { unwrapBlocks } from './reductions/unwrap-blocks.ts';

/** THE order of the reductions, coarse before fine: each call of the predicate should take away much. */
export const reductions: readonly Reduction[] = [
  dropComments,
  // Early: every later call is quicker, and loops over beats can go.
  fewerElements,
  dropProcesses,
  dropStreams,
  dropStatements,
  // For what the one above could not take, since a stream would keep elements that nobody reads.
  dropStatementsKeepReads,
  // Behind statements: what is left of these has fewer to unwrap.
  unwrapBlocks,
  dropElse,
  dropArguments,
  dropUnused,
  // Expressions only in statements that matter.
  zeroExpressions,
  operandExpressions,
  dropParentheses,
  inlineConstants,
  dropDirectives,
  smallerLiterals,
  narrowerTypes,
];
