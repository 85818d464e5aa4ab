import { ts } from 'ts-morph';
import { deletion, type Reduction } from '../reduction.ts';

export const dropComments: Reduction = {
  name: 'drop-comments',
  description: 'comments go',
  changes({ source }) {
    const scanner = ts.createScanner(ts.ScriptTarget.ES2023, false, undefined, source);
    const edits = [];
    for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
      const comment =
        kind === ts.SyntaxKind.SingleLineCommentTrivia ||
        kind === ts.SyntaxKind.MultiLineCommentTrivia;
      if (comment) edits.push(deletion(scanner.getTokenStart(), scanner.getTokenEnd()));
    }
    return edits.map((one) => ({ edits: [one], site: one }));
  },
};
