// Writes sampling and aggregation on the MovieLens graph as runs for the hosts beside it:
//   npx jiti examples/hosts/movielens.ts FOLDER
import { writeMovieLensRuns } from './movielens-runs.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: movielens.ts FOLDER\n');
  process.exit(2);
}
const { runs } = await writeMovieLensRuns(folder);
process.stdout.write(`${runs.join('\n')}\n`);
