import { defineCommand } from '../command.ts';
import { dataOption, loadData } from '../data-option.ts';

function range(values: Float32Array | Float64Array): { least: number; most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { least, most };
}

/** Smallest, median and largest number of ratings of one user or item. */
function degrees(count: number, index: Uint32Array) {
  const times = new Uint32Array(count);
  for (const at of index) times[at] += 1;
  times.sort();
  return { least: times[0] ?? 0, median: times[count >> 1] ?? 0, most: times.at(-1) ?? 0 };
}

const day = (seconds: number) => {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 10);
};

export default defineCommand({
  name: 'data',
  summary: 'Fetch or read a set of ratings and say what is in it',
  options: { data: dataOption },
  examples: [
    ['tilewright data', "MovieLens as Debian's r-cran-dslabs carries it; fetched when needed"],
    ['tilewright data --data movielens-1m:ml-1m', 'A folder with ratings.dat and movies.dat'],
    ['tilewright data --data edges:ratings.csv --json', 'A plain edge list'],
  ],
  async run(options, context) {
    const dataset = await loadData(options.data, context);
    const { renderTable } = await import('../../../codegen/support/table.ts');
    const { splitLeaveLastOut } = await import('../../dataset/split.ts');
    const { interactions, titles, genres, userIds, itemIds } = dataset;
    const split = splitLeaveLastOut(interactions);
    const rating = range(interactions.rating);
    const time = range(interactions.time);
    const json = {
      name: dataset.name,
      users: userIds.length,
      items: itemIds.length,
      interactions: interactions.user.length,
      density: interactions.user.length / (userIds.length * itemIds.length),
      rating,
      time,
      ratingsOfAUser: degrees(userIds.length, interactions.user),
      ratingsOfAnItem: degrees(itemIds.length, interactions.item),
      itemsWithTitle: titles.filter((title) => title !== '').length,
      itemsWithGenres: genres.filter((genre) => genre !== '').length,
      split: {
        train: split.train.length,
        validation: split.validation.length,
        test: split.test.length,
      },
    };
    const spread = ({ least, median, most }: ReturnType<typeof degrees>) =>
      `${least} to ${most}, half of them up to ${median}`;
    const rows = [
      ['ratings', json.interactions],
      ['users', json.users],
      ['items', json.items],
      ['density', `${(100 * json.density).toFixed(2)} %`],
      ['rating', `${rating.least} to ${rating.most}`],
      ['time', `${day(time.least)} to ${day(time.most)}`],
      ['ratings of a user', spread(json.ratingsOfAUser)],
      ['ratings of an item', spread(json.ratingsOfAnItem)],
      ['items with a title', json.itemsWithTitle],
      ['items with genres', json.itemsWithGenres],
      ['split (train, validation, test)', Object.values(json.split).join(', ')],
    ];
    const columns = [{ title: dataset.name }, { title: '' }];
    return { json, text: renderTable(columns, rows) };
  },
});
