import { createColors } from 'picocolors';
import yargs, { type Argv } from 'yargs';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageVersion } from '../../codegen/support/package-root.ts';
import { lineProgress, type Progress } from '../../codegen/support/progress.ts';
import type { Command, CommandContext, CommandResult } from './command.ts';
import { usageError } from './command.ts';
import { commands } from './commands/index.ts';
import { reportError } from './report-error.ts';
import { terminalProgress } from './terminal-progress.ts';

/** The world around one call of the command line: streams and the signal that Ctrl-C aborts. */
export interface CliWorld {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly signal: AbortSignal;
  readonly environment: NodeJS.ProcessEnv;
}

function isColourful(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR, TERM } = environment;
  return stream.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

function makeParser(
  argv: readonly string[],
  onCommand: (command: Command, parsed: object) => void,
) {
  let parser: Argv = yargs([...argv])
    .scriptName('tilewright')
    .usage('$0 <command> [options]')
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print exactly one JSON object on standard output',
    })
    .example([
      ['$0 doctor', 'See what this machine has'],
      ['$0 cosim mean_aggregate', 'Prove a kernel equal in TypeScript and in simulated hardware'],
    ])
    .demandCommand(1, 'no command is given')
    .strict()
    .strictCommands()
    .recommendCommands()
    .help()
    .alias('help', 'h')
    .version(packageVersion())
    .parserConfiguration({ 'camel-case-expansion': false, 'duplicate-arguments-array': true })
    .exitProcess(false)
    .fail((message, error) => {
      // yargs' own complaints are YErrors, whichever of the two arguments carries them.
      if (error instanceof Error && error.name !== 'YError') throw error;
      throw wrongCall(message ?? error.message, argv);
    });
  for (const command of commands) {
    parser = parser.command(
      command.usage,
      command.summary,
      (builder) => command.configure(builder.usage(`$0 ${command.usage}\n\n${command.summary}`)),
      (parsed) => onCommand(command, parsed),
    );
  }
  return parser;
}

/** yargs' complaint as an error of ours. */
function wrongCall(message: string, argv: readonly string[]): TilewrightError {
  const help = 'Run `tilewright --help`, or `tilewright <command> --help`.';
  const suggestion = /^Did you mean (.+)\?$/.exec(message)?.[1];
  if (suggestion !== undefined) {
    const typed = argv.find((word) => !word.startsWith('-'));
    return usageError(`unknown command '${typed}'`, `Did you mean ${suggestion}? ${help}`);
  }
  const surplus = /^Unknown commands?: (.+)$/.exec(message)?.[1];
  if (surplus !== undefined && commands.some(({ name }) => argv.includes(name))) {
    return usageError(`unexpected argument '${surplus}'`, help);
  }
  const choice = /Argument: (\S+), Given: (.+), Choices: (.+)/.exec(message);
  if (choice !== null) {
    const [, option, given, choices] = choice;
    return usageError(`--${option} takes ${choices}, not ${given}`, help);
  }
  const line = message.split('\n', 1)[0] ?? '';
  return usageError(line.charAt(0).toLowerCase() + line.slice(1), help);
}

/** What yargs would print by itself (help, version), or the command to run. */
export async function parseCommandLine(argv: readonly string[], columns: number) {
  let chosen: { readonly command: Command; readonly parsed: object } | undefined;
  let printed = '';
  const parser = makeParser(argv, (command, parsed) => {
    chosen = { command, parsed };
  }).wrap(Math.min(100, columns));
  await parser.parseAsync([...argv], {}, (_error: unknown, _parsed: unknown, output: string) => {
    printed = output;
  });
  for (const value of Object.values(chosen?.parsed ?? {})) {
    if (value instanceof TilewrightError) throw value;
  }
  return { chosen, printed };
}

/**
 * Runs one call of `tilewright` and returns its exit code: 0, 1 (bad input, a failed check) or 2 (a
 * wrong call). Never throws and never ends the process.
 */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<number> {
  const { stdout, stderr, signal, environment } = world;
  const json = argv.includes('--json') || argv.includes('--json=true');
  const paint = createColors(isColourful(stderr, environment));
  const fail = (error: unknown): number => {
    const { report, exitCode, text } = reportError(error);
    if (json) stdout.write(`${JSON.stringify({ error: report })}\n`);
    else {
      const lines = text.replace(/^error:/, paint.red(paint.bold('error:')));
      stderr.write(`${lines.replace(/^hint:/m, paint.cyan('hint:'))}\n`);
    }
    if (environment['TILEWRIGHT_DEBUG'] === '1' && error instanceof Error) {
      stderr.write(`${error.stack}\n`);
      if (error.cause instanceof Error) stderr.write(`caused by: ${error.cause.stack}\n`);
    }
    return exitCode;
  };
  try {
    const { chosen, printed } = await parseCommandLine(argv, stdout.columns ?? 100);
    if (chosen === undefined) {
      stdout.write(`${printed}\n`);
      return 0;
    }
    const progress: Progress =
      stderr.isTTY === true
        ? terminalProgress(stderr)
        : lineProgress((line) => void stderr.write(`${line}\n`));
    const context: CommandContext = {
      json,
      signal,
      progress,
      print: (text) => void (json || stdout.write(`${text}\n`)),
      note: (line) => void stderr.write(`${line}\n`),
    };
    const result: CommandResult = await chosen.command.run({ ...chosen.parsed }, context);
    if (json) stdout.write(`${JSON.stringify(result.json)}\n`);
    else if (result.text !== '') stdout.write(`${result.text}\n`);
    return result.exitCode ?? 0;
  } catch (error) {
    return fail(error);
  }
}
