import { Node, SyntaxKind } from 'ts-morph';
import { deletion, type Reduction } from '../reduction.ts';
import { itemDeletion } from '../removal.ts';

const directives = /^(pipeline|unroll)\(.*\);$/;

export const dropDirectives: Reduction = {
  name: 'drop-directives',
  description: 'pipeline(), unroll(), the options of arrays, streams and memories, one by one',
  changes({ file }) {
    const statements = file
      .getDescendantsOfKind(SyntaxKind.ExpressionStatement)
      .filter((one) => directives.test(one.getText()))
      .map((one) => deletion(one.getStart(), one.getEnd()));
    const calls = file.getDescendantsOfKind(SyntaxKind.CallExpression);
    const options = calls.flatMap((call) => {
      const args = call.getArguments();
      const last = args.at(-1);
      if (Node.isObjectLiteralExpression(last)) {
        const properties = last.getProperties();
        const each = properties.map((one) => itemDeletion(one, properties));
        return args.length > 1 ? [itemDeletion(last, args), ...each] : [];
      }
      // pipeline(3) is pipeline().
      const directive = directives.test(`${call.getText()};`) && last !== undefined;
      return directive ? [itemDeletion(last, args)] : [];
    });
    return [...statements, ...options].map((one) => ({ edits: [one], site: one }));
  },
};
