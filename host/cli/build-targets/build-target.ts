import type { InferredOptionTypes, Options } from 'yargs';
import type { BuiltKernel } from '../../device/built-kernel.ts';
import type { CommandContext } from '../command.ts';

type OptionTable = Readonly<Record<string, Options>>;

/** What a target made, beside what `tilewright build` says of the kernel itself. */
export interface TargetAnswer {
  /** Stands under the target's name in the answer. */
  readonly json?: object;
  /** Lines below `… is built for …`, which is left out after a dry run. */
  readonly text?: string;
  /** The target only told what it would do. */
  readonly dryRun?: true;
}

interface TargetDefinition<Table extends OptionTable> {
  /** As `--target` takes it. */
  readonly name: string;
  /** A few words for the help of `--target`. */
  readonly describe: string;
  /** Built as well when no `--target` is given. */
  readonly byDefault?: boolean;
  /** Options of this target alone, or shared with others. None has a default, so that it can be refused. */
  readonly options: Table;
  /** Whole command lines, each with what it does, for the help of `build`. */
  readonly examples?: readonly (readonly [line: string, meaning: string])[];
  build(
    kernel: BuiltKernel,
    options: InferredOptionTypes<Table>,
    context: CommandContext,
    update: (text: string) => void,
  ): Promise<TargetAnswer>;
}

/** A target with its options' types forgotten, so that all stand in one list. */
export type BuildTarget = TargetDefinition<OptionTable>;

/** Every target of `tilewright build` is one file that exports what this returns, and its line in `index.ts`. */
export function defineTarget<const Table extends OptionTable>(
  definition: TargetDefinition<Table>,
): BuildTarget {
  return {
    ...definition,
    build: (kernel, options, context, update) =>
      definition.build(kernel, options as InferredOptionTypes<Table>, context, update),
  };
}
