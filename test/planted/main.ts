// npm run planted: plants every fault in turn and runs random programs until one shows it. With UPDATE_DOCS=1
// what was measured goes into the table of docs/testing.md; rows of faults that were left out stay.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import yargs from 'yargs';
import { writeFileAtomicSync } from '../../codegen/support/atomic-write.ts';
import { heedEndingSignals } from '../../codegen/support/ending-signals.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { reportError } from '../../host/cli/report-error.ts';
import { wholeNumber, wrongOption } from '../support/script-options.ts';
import { Laboratory } from './laboratory.ts';
import type { Mutation, Room } from './mutation.ts';
import { rooms } from './rooms.ts';
import { programsOfSample, sampleNamed } from './samples.ts';
import { nameInTable, type Planted, rowOf, rowsIn, withRows } from './table.ts';

const script = 'npm run planted --';

interface Options {
  /** Most random programs a fault. */
  readonly programs: number;
  readonly seed: number;
  readonly only: string;
  /** Seconds. */
  readonly limit: number;
}

/** @returns the options, or the help text when that was asked for. @throws TilewrightError `OPTION`. */
async function parseOptions(words: readonly string[]): Promise<Options | string> {
  let help = '';
  const count = (option: string, value: number, describe: string, least: number) =>
    ({
      default: value,
      describe,
      requiresArg: true,
      coerce: wholeNumber(script, option, least),
    }) as const;
  const parser = yargs([...words])
    .scriptName(script)
    .usage(
      '$0 [options]\n\nPlants faults in a copy of the checkout, one at a time, and looks which check sees each.\n' +
        'Ends with 0 when each is seen, with 1 when not.',
    )
    .options({
      programs: count('programs', 400, 'Most random programs a fault', 0),
      seed: count('seed', 1000, 'Seed of the first program', 0),
      only: {
        type: 'string',
        default: '',
        describe: 'Of `ROOM: FAULT` those that match this',
        requiresArg: true,
      },
      limit: count('limit', 240, 'Seconds after which a kernel hangs', 1),
    })
    .example([
      ['$0 --only "Verilog library"', 'One room'],
      ['$0 --only "full one word late" --programs 0', 'One fault, as the tests try it'],
    ])
    .strict()
    .help()
    .alias('help', 'h')
    .version(false)
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof TilewrightError ? error : wrongOption(script, message);
    });
  const parsed = await parser.parseAsync([...words], {}, (_error, _parsed, output) => {
    help = output;
  });
  if (help !== '') return help;
  if (parsed._.length > 0) throw wrongOption(script, `unexpected argument '${parsed._.join(' ')}'`);
  return parsed;
}

/** The faults that `only` names. @throws TilewrightError `OPTION` when there is none. */
function chosen(only: string): readonly (readonly [Room, Mutation])[] {
  let pattern: RegExp;
  try {
    pattern = new RegExp(only);
  } catch (error) {
    throw wrongOption(script, `--only is no regular expression: ${(error as Error).message}`);
  }
  const found = rooms.flatMap((room) =>
    room.mutations
      .filter(({ what }) => pattern.test(`${room.name}: ${what}`))
      .map((mutation) => [room, mutation] as const),
  );
  if (found.length > 0) return found;
  const names = rooms.map(({ name }) => name).join(', ');
  throw new TilewrightError(`no fault matches --only ${only}`, {
    code: 'OPTION',
    hint: `docs/testing.md lists the faults of each room: ${names}.`,
    exitCode: 2,
  });
}

async function plant(
  laboratory: Laboratory,
  room: Room,
  mutation: Mutation,
  { programs, seed, limit }: Options,
): Promise<Planted> {
  const { checks } = room;
  const trial = { limit: 1000 * limit };
  const samples = mutation.sample === undefined ? [] : [sampleNamed(mutation.sample)];
  const written = await laboratory.try(mutation, { ...trial, checks, samples });
  const others = checks.filter((check) => check !== 'bench');
  const first = Math.ceil(seed / programsOfSample);
  for (let tried = 0; tried < programs; ) {
    const sample = sampleNamed(`programs-${first + tried / programsOfSample}`);
    const found = await laboratory.try(mutation, { ...trial, checks: others, samples: [sample] });
    tried += programsOfSample;
    if (found === undefined && tried < programs) continue;
    return { mutation, written, random: { found, programs: tried } };
  }
  return { mutation, written, random: undefined };
}

async function main(words: readonly string[], signal: AbortSignal): Promise<number> {
  const options = await parseOptions(words);
  if (typeof options === 'string') {
    console.log(options);
    return 0;
  }
  const faults = chosen(options.only);
  const document = join(packageRoot(), 'docs', 'testing.md');
  const missed: string[] = [];
  const laboratory = new Laboratory(signal);
  try {
    for (const [room, mutation] of faults) {
      const start = performance.now();
      const planted = await plant(laboratory, room, mutation, options);
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      // Read anew: another of these processes may have written other rows.
      const text = readFileSync(document, 'utf8');
      const rows = new Map(rowsIn(text));
      const row = rowOf(planted, rows.get(nameInTable(mutation)));
      rows.set(row[0], row);
      const { written, random } = planted;
      console.log(`${room.name} | ${row.join(' | ')} | ${seconds} s`);
      if ((written ?? random?.found) === undefined) missed.push(mutation.what);
      if (process.env['UPDATE_DOCS'] === '1') {
        writeFileAtomicSync(document, withRows(text, rooms, rows));
      }
    }
  } finally {
    laboratory.close();
  }
  if (missed.length === 0) return 0;
  console.error(`error: caught by nothing: ${missed.join('; ')}`);
  return 1;
}

const signals = heedEndingSignals();
const exitCode = await main(process.argv.slice(2), signals.signal).catch((error: unknown) => {
  const { text, exitCode } = reportError(error);
  console.error(text);
  return exitCode;
});
process.exitCode = signals.exitCode(exitCode);
