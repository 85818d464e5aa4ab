import { Node, type ParameterDeclaration } from 'ts-morph';
import { kernelMethod, objectsOf } from '../kernel-parts.ts';
import type { KernelText } from '../kernel-text.ts';
import type { Change, Reduction } from '../reduction.ts';
import { itemDeletion, Removal } from '../removal.ts';

export const dropArguments: Reduction = {
  name: 'drop-arguments',
  description:
    'an argument of the kernel or a parameter of a function goes, and all that depends on it',
  changes(kernel) {
    const pattern = kernelMethod(kernel, 'dataflow')?.getParameters()[1]?.getNameNode();
    const bound = Node.isObjectBindingPattern(pattern) ? pattern.getElements() : [];
    const changes = bound.map((one) => {
      const name = (one.getPropertyNameNode() ?? one.getNameNode()).getText();
      const removed = new Removal(kernel).edit(itemDeletion(one, bound)).uses(one.getNameNode());
      removed.edit(...propertyDeletions(kernel, name));
      return removed.change(one);
    });
    return [...changes, ...parameterChanges(kernel)].filter((one) => one !== undefined);
  },
};

function propertyDeletions(kernel: KernelText, name: string) {
  return ['arguments', 'workload'].flatMap((method) =>
    objectsOf(kernel, method).flatMap((object) => {
      const property = object.getProperty(name);
      return property === undefined ? [] : [itemDeletion(property, object.getProperties())];
    }),
  );
}

function parameterChanges(kernel: KernelText): (Change | undefined)[] {
  const parameters: ParameterDeclaration[] = kernel.file
    .getFunctions()
    .flatMap((one) => one.getParameters());
  return parameters.map((one) => new Removal(kernel).parameter(one).change(one));
}
