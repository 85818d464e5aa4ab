import { TilewrightError } from '../../codegen/support/errors.ts';
import { allRows, sortedRows } from '../graph/stable-sort.ts';
import type { Dataset } from './interactions.ts';

/** A growing column of numbers. */
class Column {
  values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new Float64Array(this.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }
}

const digits = /^\d+$/;

/** Numbers by value when every id is a whole number, else by UTF-16 code units. */
function orderOfIds(ids: readonly string[]): Uint32Array {
  const order = Uint32Array.from(ids.keys());
  const byText = (a: number, b: number): number => (ids[a] < ids[b] ? -1 : ids[a] > ids[b] ? 1 : 0);
  if (!ids.every((id) => digits.test(id))) return order.sort(byText);
  const plain = ids.map((id) => id.replace(/^0+(?=\d)/, ''));
  return order.sort((a, b) => {
    if (plain[a].length !== plain[b].length) return plain[a].length - plain[b].length;
    return plain[a] < plain[b] ? -1 : plain[a] > plain[b] ? 1 : byText(a, b);
  });
}

/** Gives each distinct id a number in order of first sight. */
class Ids {
  readonly list: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(id: string): number {
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const number = this.list.length;
    this.list.push(id);
    this.numbers.set(id, number);
    return number;
  }

  /** The ids in their final order, and the final index of each number given so far. */
  settle(): { ids: string[]; index: Uint32Array } {
    const order = orderOfIds(this.list);
    const index = new Uint32Array(order.length);
    order.forEach((number, position) => {
      index[number] = position;
    });
    return { ids: Array.from(order, (number) => this.list[number]), index };
  }
}

/**
 * Collects rows of any loader and settles them into a `Dataset`:
 * - ids become dense indices in the order of the ids: by value when all are whole numbers, else by
 *   their UTF-16 code units; so the order of the rows in the source does not matter;
 * - of several rows with the same user and item the last by time stays (of equal times, the last row);
 * - rows are ordered by user, then time, then item.
 */
export class InteractionTable {
  private readonly users = new Ids();
  private readonly items = new Ids();
  private readonly user = new Column();
  private readonly item = new Column();
  private readonly rating = new Column();
  private readonly time = new Column();
  private readonly titleOf = new Map<string, string>();
  private readonly genresOf = new Map<string, string>();

  get rows(): number {
    return this.user.length;
  }

  /** `time` is the row's number where the source has none. */
  add(userId: string, itemId: string, rating = 1, time = this.user.length): void {
    this.user.push(this.users.numberOf(userId));
    this.item.push(this.items.numberOf(itemId));
    this.rating.push(rating);
    this.time.push(time);
  }

  /** The first text that is not empty stays. */
  describe(itemId: string, title: string, genres: string): void {
    if (title !== '' && !this.titleOf.has(itemId)) this.titleOf.set(itemId, title);
    if (genres !== '' && !this.genresOf.has(itemId)) this.genresOf.set(itemId, genres);
  }

  /** @throws TilewrightError `DATASET_EMPTY` when there is no row; `source` names it. */
  toDataset(name: string, source: string): Dataset {
    if (this.rows === 0) {
      throw new TilewrightError(`${source} holds no interaction`, {
        code: 'DATASET_EMPTY',
        hint: 'Check that this is the right file and that its download was complete.',
      });
    }
    const users = this.users.settle();
    const items = this.items.settle();
    const rows = this.rows;
    const user = new Uint32Array(rows).map((_, row) => users.index[this.user.values[row]]);
    const item = new Uint32Array(rows).map((_, row) => items.index[this.item.values[row]]);
    const time = this.time.values.subarray(0, rows);

    const byPair = sortedRows(allRows(rows), user, item, time);
    const kept = byPair.filter((row, at) => {
      const next = byPair[at + 1];
      return at + 1 === rows || user[row] !== user[next] || item[row] !== item[next];
    });
    const order = sortedRows(kept, user, time, item);
    return {
      name,
      userIds: users.ids,
      itemIds: items.ids,
      titles: items.ids.map((id) => this.titleOf.get(id) ?? ''),
      genres: items.ids.map((id) => this.genresOf.get(id) ?? ''),
      interactions: {
        user: order.map((row) => user[row]),
        item: order.map((row) => item[row]),
        rating: new Float32Array(order.length).map((_, at) => this.rating.values[order[at]]),
        time: new Float64Array(order.length).map((_, at) => time[order[at]]),
      },
    };
  }
}
