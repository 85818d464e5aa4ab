import { Node } from 'ts-morph';
import { bodiesOf, statementsOf } from '../kernel-parts.ts';
import type { Reduction } from '../reduction.ts';
import { Removal, readsWithin } from '../removal.ts';

export const dropStatements: Reduction = {
  name: 'drop-statements',
  description: 'statements go, and what they declared is zero',
  changes(kernel) {
    return statementsOf(kernel)
      .filter((one) => !Node.isReturnStatement(one))
      .map((one) => new Removal(kernel).statement(one).change(one))
      .filter((one) => one !== undefined);
  },
};

export const dropStatementsKeepReads: Reduction = {
  name: 'drop-statements-keep-reads',
  description: 'statements go, but for what they take from streams and memories',
  changes(kernel) {
    return statementsOf(kernel)
      .filter((one) => bodiesOf(one).length === 0 && readsWithin(one).length > 0)
      .filter((one) => !/^[\w.]+\(\);$/.test(one.getText()))
      .map((one) => new Removal(kernel).statement(one, true).change(one))
      .filter((one) => one !== undefined);
  },
};
