import type { MemoryBank } from './platform.ts';

/** The memory of one kind on a card, in banks of one size that lie a stride apart. */
interface BankGroup {
  readonly kind: MemoryBank['kind'];
  readonly count: number;
  readonly bytes: bigint;
  readonly base: bigint;
  readonly stride: bigint;
}

const mebi = 1n << 20n;
const gibi = 1n << 30n;

const hbm = (bytes: bigint): BankGroup => ({
  kind: 'hbm',
  count: 32,
  bytes,
  base: 0n,
  stride: bytes,
});

const ddr = (count: number): BankGroup => ({
  kind: 'ddr',
  count,
  bytes: 16n * gibi,
  base: 256n * gibi,
  stride: 64n * gibi,
});

/**
 * Banks as AMD's platforms have them, HBM before DDR: sizes from the data sheets (DS962, DS963, DS965,
 * DS978). Bases are ours, believed to be as on the cards, DDR from 0x4000000000 on: no card's file was at hand.
 */
const cards = {
  u250: [ddr(4)],
  u280: [hbm(256n * mebi), ddr(2)],
  u50: [hbm(256n * mebi)],
  u55c: [hbm(512n * mebi)],
} as const satisfies Readonly<Record<string, readonly BankGroup[]>>;

export type MemoryCard = keyof typeof cards;

/** Cards whose memory an emulation can have. */
export const memoryCards = Object.keys(cards) as readonly MemoryCard[];

/** All banks of a card, in the order of their indices. */
export function cardMemory(card: MemoryCard): readonly MemoryBank[] {
  return cards[card].flatMap(({ kind, count, bytes, base, stride }) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${kind.toUpperCase()}[${index}]`,
      kind,
      base: base + BigInt(index) * stride,
      bytes,
    })),
  );
}
