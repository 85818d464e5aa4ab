import { seededRandom } from '../../../codegen/index.ts';
import type { Random } from '../../../codegen/language/random.ts';

/** Choices of a generator, all from one seed. */
export class Draw {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** Uniform from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return this.random.integer(min, max);
  }

  chance(probability: number): boolean {
    return this.random.chance(probability);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.integer(0, items.length - 1)];
  }

  /** One of several by weight; those of weight 0 never. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    const total = items.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.random.unit() * total;
    for (const [weight, item] of items) {
      at -= weight;
      if (at < 0) return item;
    }
    return items[items.length - 1][1];
  }
}
