import { availableParallelism } from 'node:os';
import yargs from 'yargs';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { wholeNumber, wrongOption } from '../support/script-options.ts';
import { type Target, targets } from './finding.ts';

export interface MainOptions {
  readonly programs: number;
  readonly seed: number;
  readonly group: number;
  readonly targets: readonly Target[];
  readonly runs: number;
  readonly 'netlist-every': number;
  readonly 'opencl-every': number;
  readonly jobs: number;
  readonly patience: number;
  readonly 'stop-after': number;
  readonly minutes: number | undefined;
  readonly out: string;
  readonly shrink: boolean;
  readonly replay: string | undefined;
  readonly json: boolean;
}

const script = 'npm run fuzz --';
const wrong = (message: string): TilewrightError => wrongOption(script, message);

/** @returns the options, or the help text when that was asked for. @throws TilewrightError `OPTION`. */
export async function parseOptions(
  words: readonly string[],
): Promise<{ readonly options: MainOptions } | { readonly help: string }> {
  let help = '';
  const count = (option: string, value: number, describe: string, least = 1) =>
    ({
      default: value,
      describe,
      coerce: wholeNumber(script, option, least),
      requiresArg: true,
    }) as const;
  const parser = yargs([...words])
    .scriptName(script)
    .usage(
      '$0 [options]\n\nCompares random kernels on every target with golden, the TypeScript itself.\n' +
        'Ends with 0 when all agree, with 1 when not; each program that fails leaves a folder.',
    )
    .options({
      programs: count('programs', 200, 'Programs to check'),
      seed: count('seed', 1, 'Seed of the first program', 0),
      group: count('group', 40, 'Programs that share a kernel, hence a simulation model'),
      runs: count('runs', 3, 'Runs of each group, with other data and another memory'),
      'netlist-every': count('netlist-every', 8, 'Every so many groups a small one, as gates', 0),
      'opencl-every': count('opencl-every', 4, 'Every so many groups on OpenCL', 1),
      jobs: count('jobs', availableParallelism(), 'Processes at once'),
      patience: count('patience', 300, 'Seconds for one step of a group'),
      'stop-after': count('stop-after', 10, 'Failing programs after which it stops'),
      targets: {
        default: targets.join(','),
        describe: 'What is compared with golden',
        requiresArg: true,
        coerce: (value: unknown) =>
          String(value)
            .split(',')
            .map((name) => {
              const found = targets.find((one) => one === name);
              if (found === undefined) {
                throw wrong(`--targets takes ${targets.join(', ')}, not ${name}`);
              }
              return found;
            }),
      },
      minutes: { describe: 'Begins nothing new after so long', requiresArg: true, type: 'number' },
      out: { default: 'fuzz-failures', describe: 'Folder of the failures', requiresArg: true },
      shrink: { type: 'boolean', default: true, describe: 'Make failing programs minimal' },
      replay: { type: 'string', describe: 'Check the kernel of such a folder again' },
      json: { type: 'boolean', default: false, describe: 'One JSON object on standard output' },
    })
    .example([
      ['$0 --programs 5000', 'A soak of about an hour'],
      ['$0 --targets passes --programs 2000', 'The compiler alone, pass by pass'],
      ['$0 --replay fuzz-failures/mismatch-hls-17', 'One failure again'],
    ])
    .strict()
    .help()
    .alias('help', 'h')
    .version(false)
    .parserConfiguration({ 'camel-case-expansion': false })
    .exitProcess(false)
    .fail((message, error) => {
      if (error instanceof TilewrightError) throw error;
      throw wrong(message ?? error.message);
    });
  const parsed = await parser.parseAsync([...words], {}, (_error, _parsed, output) => {
    help = output;
  });
  if (help !== '') return { help };
  if (parsed._.length > 0) throw wrong(`unexpected argument '${parsed._.join(' ')}'`);
  if (parsed.minutes !== undefined && !(parsed.minutes > 0)) {
    throw wrong(`--minutes takes a number above 0`);
  }
  return { options: parsed as unknown as MainOptions };
}
