/** A harness with one set of parameters, proven for all time. */
export interface Proof {
  readonly subject: Subject;
  /** What tells it from the subject's other proofs. */
  readonly name: string;
  /** In test/proofs/harness; its top module has the file's name with `_proof`. */
  readonly harness: string;
  /** Files of the design, by name, as shipped. */
  readonly sources: readonly string[];
  readonly parameters: Readonly<Record<string, number>>;
  /** More of them, from this module's queue: as `[file, instance]`. */
  readonly queue?: readonly [string, string];
  /** Cycles that an inductive step looks back over. */
  readonly depth: number;
  /** Cycles from reset that are searched for a counterexample first; more than `depth`. */
  readonly base: number;
  /** Cycles within which every cover must be reached. */
  readonly cover: number;
  /** Takes a second or two: the test suite runs it. */
  readonly quick?: boolean;
}

export type Subject = 'fifo' | 'ram' | 'address' | 'read' | 'write' | 'control' | 'joiner';

function fifo(
  name: string,
  [WIDTH, DEPTH, SLACK]: readonly [number, number, number],
  more: Partial<Proof> = {},
): Proof {
  return {
    subject: 'fifo',
    name: `${name}, ${WIDTH} bits × ${DEPTH}${SLACK === 0 ? '' : ` + ${SLACK}`}`,
    harness: 'fifo.sv',
    sources: ['tw_fifo.v'],
    parameters: { WIDTH, DEPTH, SLACK },
    depth: 1,
    base: 6,
    cover: 10,
    ...more,
  };
}

function address(REQUEST_DEPTH: number, REQUEST_SLACK: number): Proof {
  return {
    subject: 'address',
    name: `${REQUEST_DEPTH} requests + ${REQUEST_SLACK}`,
    harness: 'address.sv',
    sources: ['tw_axi_address.v', 'tw_fifo.v'],
    parameters: { REQUEST_DEPTH, REQUEST_SLACK },
    depth: 1,
    base: 4,
    cover: 8,
  };
}

function master(
  subject: 'read' | 'write',
  OUTSTANDING: number,
  DATA_DEPTH: number,
  more: Pick<Proof, 'base' | 'cover'>,
): Proof {
  return {
    subject,
    name: `${OUTSTANDING} bursts in flight, ${DATA_DEPTH} words`,
    harness: `${subject}.sv`,
    sources: [`tw_axi_${subject}.v`, 'tw_axi_address.v', 'tw_fifo.v'],
    parameters: { OUTSTANDING, DATA_DEPTH },
    depth: 1,
    ...more,
  };
}

/** What `make prove` proves, in this order. */
export const proofs: readonly Proof[] = [
  fifo('one word', [4, 1, 0], { quick: true }),
  fifo('pair', [4, 2, 0], { quick: true }),
  fifo('ring, too wide for a pair', [65, 2, 0], { base: 4, cover: 6 }),
  fifo('ring, power of two', [4, 4, 0], { quick: true }),
  fifo('ring, wraps', [4, 3, 0], { quick: true }),
  fifo('ring with slack', [4, 2, 1], { quick: true }),
  fifo('ring with slack', [4, 1, 1]),
  fifo('ring with slack', [4, 3, 4]),
  fifo('block RAM', [127, 65, 0], { base: 3, cover: 6 }),
  fifo('block RAM with slack', [127, 3, 63], { base: 3, cover: 6 }),
  fifo('slack as if for block RAM', [127, 1, 64], { base: 3, cover: 6 }),
  {
    subject: 'ram',
    name: 'forwarding, 4 bits × 6',
    harness: 'ram.sv',
    sources: ['tw_ram.v'],
    parameters: { WIDTH: 4, DEPTH: 6, ADDRESS: 3 },
    depth: 1,
    base: 4,
    cover: 6,
    quick: true,
  },
  address(4, 0),
  address(2, 2),
  master('read', 2, 3, { base: 4, cover: 10 }),
  master('write', 3, 3, { base: 4, cover: 9 }),
  {
    subject: 'control',
    name: 'register map of the bench',
    harness: 'control.sv',
    sources: ['bench_control.v'],
    parameters: {},
    depth: 1,
    base: 5,
    cover: 10,
    quick: true,
  },
  {
    subject: 'joiner',
    name: 'two streams into one, three stages',
    harness: 'joiner.sv',
    sources: ['joiner_join.v'],
    parameters: {},
    queue: ['joiner.v', 'fifo_joined'],
    depth: 1,
    base: 6,
    cover: 12,
    quick: true,
  },
];
