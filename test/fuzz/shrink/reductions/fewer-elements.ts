import { kernelMethod } from '../kernel-parts.ts';
import type { Reduction } from '../reduction.ts';
import { Removal } from '../removal.ts';

export const fewerElements: Reduction = {
  name: 'fewer-elements',
  description: 'a workload of a fixed small size',
  changes(kernel) {
    const size = kernelMethod(kernel, 'workload')?.getParameters()[2];
    if (size === undefined) return [];
    return ['1', '2', '4']
      .map((text) => new Removal(kernel).replaceUses(size.getNameNode(), text).change(size))
      .filter((one) => one !== undefined);
  },
};
