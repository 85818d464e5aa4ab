import { Node } from 'ts-morph';
import { isStream, statementsOf } from '../kernel-parts.ts';
import type { Reduction } from '../reduction.ts';
import { Removal } from '../removal.ts';

export const dropStreams: Reduction = {
  name: 'drop-streams',
  description: 'a stream goes: nobody writes it, and who read it has zeros',
  changes(kernel) {
    return statementsOf(kernel)
      .filter((one) => Node.isVariableStatement(one))
      .filter((one) => one.getDeclarations().some((made) => isStream(made.getType())))
      .map((one) => new Removal(kernel).statement(one).change(one))
      .filter((one) => one !== undefined);
  },
};
