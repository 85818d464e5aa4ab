import type { Argv, InferredOptionTypes, Options } from 'yargs';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { Progress } from '../../codegen/support/progress.ts';

/** What a command gets from the command line around it. */
export interface CommandContext {
  /** The caller wants one JSON object and nothing else on standard output. */
  readonly json: boolean;
  /** Aborted by Ctrl-C. Whatever takes longer than a moment must heed it. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Shows a part of the answer at once to a person; says nothing under `--json`. */
  print(text: string): void;
  /** A message beside the answer: a line on standard error, also under `--json`. */
  note(line: string): void;
}

/** The answer of a command: printed as `json` or as `text`, never both. */
export interface CommandResult {
  readonly json: object;
  readonly text: string;
  /** 1 when the command worked and the answer is bad news, e.g. a mismatch. */
  readonly exitCode?: 0 | 1;
}

type OptionTable = Readonly<Record<string, Options>>;

interface Positional {
  readonly name: string;
  readonly describe: string;
  /** The command makes do without it: it gets the empty string. */
  readonly optional?: true;
}

export interface CommandDefinition<Table extends OptionTable> {
  readonly name: string;
  readonly summary: string;
  readonly positional?: Positional;
  readonly options: Table;
  /** Whole command lines, each with what it does. At least one. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  run(
    options: InferredOptionTypes<Table>,
    context: CommandContext,
    positional: string,
  ): Promise<CommandResult>;
}

/** A command with its options' types forgotten, so that all stand in one list. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly examples: CommandDefinition<OptionTable>['examples'];
  readonly optionNames: readonly string[];
  configure(parser: Argv): Argv;
  run(parsed: Readonly<Record<string, unknown>>, context: CommandContext): Promise<CommandResult>;
}

/**
 * Every command of `tilewright` is one file that default-exports what this returns. It imports what it
 * works with inside `run`, so that `tilewright --help` loads none of it.
 */
export function defineCommand<const Table extends OptionTable>(
  definition: CommandDefinition<Table>,
): Command {
  const { name, summary, positional, examples } = definition;
  const brackets = positional?.optional ? '[]' : '<>';
  const usage =
    positional === undefined ? name : `${name} ${brackets[0]}${positional.name}${brackets[1]}`;
  return {
    name,
    summary,
    usage,
    examples,
    optionNames: Object.keys(definition.options),
    configure(parser) {
      let configured = parser;
      if (positional !== undefined) {
        configured = configured.positional(positional.name, {
          describe: positional.describe,
          type: 'string',
          demandOption: positional.optional !== true,
        }) as Argv;
      }
      configured = configured.options(definition.options) as Argv;
      // Below each other rather than side by side: a command line that wraps cannot be copied.
      const shown = examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`);
      return configured.epilogue(`Examples:\n${shown.join('\n')}`);
    },
    async run(parsed, context) {
      for (const [option, { array = false }] of Object.entries<Options>(definition.options)) {
        if (!array) checkOnce(option, parsed[option]);
        if (parsed[option] === '') throw empty(`--${option}`);
      }
      const value = positional === undefined ? '' : String(parsed[positional.name] ?? '');
      if (positional !== undefined && parsed[positional.name] === '') {
        throw empty(`<${positional.name}>`);
      }
      return definition.run(parsed as InferredOptionTypes<Table>, context, value);
    },
  };
}

/** A wrong call of the command line: exit code 2. */
export function usageError(message: string, hint: string): TilewrightError {
  return new TilewrightError(message, { code: 'USAGE', hint, exitCode: 2 });
}

const empty = (what: string) =>
  usageError(`${what} is empty`, 'Give it a value; `--help` has examples.');

/** Of an option that is given twice yargs makes a list, which nobody below expects. */
function checkOnce(name: string, given: unknown): void {
  if (!Array.isArray(given)) return;
  throw usageError(`--${name} is given ${given.length} times`, 'Give it once.');
}

interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

function checkRange(name: string, value: number, { min, max }: NumberRange): void {
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    const bounds = max === undefined ? `${min} or more` : `${min ?? '-∞'} to ${max}`;
    throw usageError(`--${name} is ${value}, outside its range`, `Give a number from ${bounds}.`);
  }
}

function parseNumber(name: string, given: unknown, kind: string, range: NumberRange): number {
  checkOnce(name, given);
  const text = String(given).trim();
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || (kind === 'a whole number' && !Number.isSafeInteger(value))) {
    throw usageError(`--${name} needs ${kind}, not '${text}'`, `For example: --${name} 1.`);
  }
  checkRange(name, value, range);
  return value;
}

/**
 * yargs keeps only the message of what a `coerce` function throws, and the hint would be lost: so the
 * error becomes the option's value, and `parseCommandLine` throws it before a command can see it.
 */
function orError<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    return error as T;
  }
}

/**
 * An option that takes a whole number. yargs' own `number` would turn a typing error into NaN and
 * run on; this one stops with a usage error.
 */
export function wholeNumber(name: string, describe: string, range: NumberRange = {}) {
  return {
    describe,
    requiresArg: true,
    string: true,
    coerce: (given: unknown) =>
      given === undefined
        ? undefined
        : orError(() => parseNumber(name, given, 'a whole number', range)),
  } as const;
}

/** An option that takes any finite number. */
export function realNumber(name: string, describe: string, range: NumberRange = {}) {
  return {
    describe,
    requiresArg: true,
    string: true,
    coerce: (given: unknown) =>
      given === undefined ? undefined : orError(() => parseNumber(name, given, 'a number', range)),
  } as const;
}

/** `-p fanout=8`, as often as there are parameters to set. */
export const parameterOption = {
  alias: 'p',
  describe: 'Set a kernel parameter, e.g. -p fanout=8 (may be repeated)',
  requiresArg: true,
  array: true,
  string: true,
  nargs: 1,
  coerce: (given: unknown) => orError(() => parseParameters(given)),
} as const;

function parseParameters(given: unknown): Record<string, number> {
  const parameters: Record<string, number> = {};
  if (given === undefined) return parameters;
  for (const pair of Array.isArray(given) ? given : [given]) {
    const [name = '', value = '', ...rest] = String(pair).split('=');
    if (name === '' || value === '' || rest.length > 0 || !Number.isSafeInteger(Number(value))) {
      throw usageError(
        `'${pair}' is not a parameter setting`,
        'Write -p name=whole number, e.g. -p fanout=8; `tilewright kernels` lists the names.',
      );
    }
    if (Object.hasOwn(parameters, name)) {
      throw usageError(`parameter ${name} is set twice`, 'Set it once.');
    }
    parameters[name] = Number(value);
  }
  return parameters;
}
