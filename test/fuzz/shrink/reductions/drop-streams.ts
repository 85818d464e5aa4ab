import { Node } from 'ts-morph';
import { kernelMethod, statementsOf } from '../kernel-parts.ts';
import type { Reduction } from '../reduction.ts';
import { Removal } from '../removal.ts';

export const dropStreams: Reduction = {
  name: 'drop-streams',
  description: 'a stream goes: nobody writes it, and who read it has zeros',
  changes(kernel) {
    const region = kernelMethod(kernel, 'dataflow');
    return statementsOf(kernel)
      .filter((one) => Node.isVariableStatement(one))
      .filter((one) => region !== undefined && one.getAncestors().includes(region))
      .map((one) => new Removal(kernel).statement(one).change(one))
      .filter((one) => one !== undefined);
  },
};
