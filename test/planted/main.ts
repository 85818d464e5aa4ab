// npm run planted: plants every fault in turn and runs random programs until one shows it. With UPDATE_DOCS=1
// what was measured goes into the table of docs/testing.md; rows of faults that were left out stay.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import yargs from 'yargs';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { Laboratory } from './laboratory.ts';
import type { Mutation, Room } from './mutation.ts';
import { rooms } from './rooms.ts';
import { programsOfSample, sampleNamed } from './samples.ts';
import { nameInTable, type Planted, rowOf, rowsIn, withRows } from './table.ts';

const { programs, seed, only, limit } = await yargs(process.argv.slice(2))
  .option('programs', { type: 'number', default: 400, describe: 'most random programs a fault' })
  .option('seed', { type: 'number', default: 1000, describe: 'of the first program' })
  .option('only', { type: 'string', default: '', describe: 'rooms and faults that match this' })
  .option('limit', { type: 'number', default: 240, describe: 'seconds after which a kernel hangs' })
  .strict()
  .parseAsync();

const laboratory = new Laboratory();

async function plant(room: Room, mutation: Mutation): Promise<Planted> {
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

const document = join(packageRoot(), 'docs', 'testing.md');
const missed: string[] = [];
try {
  for (const room of rooms) {
    for (const mutation of room.mutations) {
      if (!new RegExp(only).test(`${room.name}: ${mutation.what}`)) continue;
      const start = performance.now();
      const planted = await plant(room, mutation);
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      // Read anew: another of these processes may have written other rows.
      const text = readFileSync(document, 'utf8');
      const rows = new Map(rowsIn(text));
      const row = rowOf(planted, rows.get(nameInTable(mutation)));
      rows.set(row[0], row);
      const { written, random } = planted;
      console.log(`${room.name} | ${row.join(' | ')} | ${seconds} s`);
      if ((written ?? random?.found) === undefined) missed.push(mutation.what);
      if (process.env['UPDATE_DOCS'] === '1') writeFileSync(document, withRows(text, rooms, rows));
    }
  }
} finally {
  laboratory.close();
}
if (missed.length > 0) {
  console.error(`caught by nothing: ${missed.join('; ')}`);
  process.exitCode = 1;
}
