import type { Resources } from './resources.ts';

/** A card and what its device has, before a shell or a platform takes its part. */
export interface Card {
  readonly name: CardName;
  readonly title: string;
  readonly device: string;
  readonly resources: Resources;
  /** Where the figures come from. */
  readonly source: string;
}

export const cardNames = ['u50', 'u250', 'u280', 'zcu104'] as const;

export type CardName = (typeof cardNames)[number];

/**
 * LUTs, registers, DSP slices, block RAMs (36 Kb) and UltraRAMs as the data sheets have them. The data
 * sheets give distributed RAM in megabits ("Max. Distributed RAM"): a LUT holds 64 bits, so that
 * `lutram` × 64 / 2^20 is their figure, e.g. 600,960 × 64 / 2^20 = 36.7 for the U280.
 */
const cards: Readonly<Record<CardName, Card>> = {
  u50: {
    name: 'u50',
    title: 'Alveo U50',
    device: 'XCU50, a VU35P',
    resources: {
      lut: 871_680,
      lutram: 403_200,
      ff: 1_743_360,
      dsp: 5_952,
      bram: 1_344,
      uram: 640,
    },
    source: 'DS965 (Alveo U50), product details; DS890, Virtex UltraScale+ HBM, VU35P: 24.6 Mb',
  },
  u250: {
    name: 'u250',
    title: 'Alveo U250',
    device: 'XCU250, a VU13P',
    resources: {
      lut: 1_728_000,
      lutram: 791_040,
      ff: 3_456_000,
      dsp: 12_288,
      bram: 2_688,
      uram: 1_280,
    },
    source:
      'DS962 (Alveo U200 and U250), product details; DS890, Virtex UltraScale+, VU13P: 48.3 Mb',
  },
  u280: {
    name: 'u280',
    title: 'Alveo U280',
    device: 'XCU280, a VU37P',
    resources: {
      lut: 1_303_680,
      lutram: 600_960,
      ff: 2_607_360,
      dsp: 9_024,
      bram: 2_016,
      uram: 960,
    },
    source: 'DS963 (Alveo U280), product details; DS890, Virtex UltraScale+ HBM, VU37P: 36.7 Mb',
  },
  zcu104: {
    name: 'zcu104',
    title: 'ZCU104',
    device: 'XCZU7EV',
    resources: {
      lut: 230_400,
      lutram: 101_760,
      ff: 460_800,
      dsp: 1_728,
      bram: 312,
      uram: 96,
    },
    source: 'UG1267 (ZCU104); DS891, Zynq UltraScale+ EV, ZU7EV: 6.2 Mb',
  },
};

export function cardOf(name: CardName): Card {
  return cards[name];
}

/** What part of the card each resource takes, 0 to 1 and beyond. */
export function shareOf(resources: Resources, card: Card): Resources {
  const part = (name: keyof Resources) => resources[name] / card.resources[name];
  return {
    lut: part('lut'),
    lutram: part('lutram'),
    ff: part('ff'),
    dsp: part('dsp'),
    bram: part('bram'),
    uram: part('uram'),
  };
}
