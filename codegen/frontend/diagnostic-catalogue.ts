import { arithmetic } from './catalogue/arithmetic.ts';
import { arraysAndLogs } from './catalogue/arrays-and-logs.ts';
import { control } from './catalogue/control.ts';
import type { Catalogue } from './catalogue/entry.ts';
import { fixedPoint } from './catalogue/fixed-point.ts';
import { network } from './catalogue/network.ts';
import { subset } from './catalogue/subset.ts';
import { warnings } from './catalogue/warnings.ts';

/**
 * Every code that the compiler raises. `docs/diagnostics.md` and `tilewright explain` are written from it,
 * and a test compiles the examples: the wrong one gives its code, the right one compiles.
 */
export const diagnosticCatalogue: Catalogue = {
  ...subset,
  ...arithmetic,
  ...fixedPoint,
  ...control,
  ...arraysAndLogs,
  ...network,
  ...warnings,
};
