import { MappedMemory } from '../../ffi/mapped-memory.ts';

/** In 8-byte words; runtime/runtime.cpp has the same. */
const place = {
  ...{ kernel: 0, pool: 1, stop: 2, partRows: 3, leastPartRows: 4 },
  ...{ milliseconds: 5, code: 6, message: 7, log: 8 },
};
const argumentsPlace = 9;

/** One run as the runtime takes it and as it answers, in memory that both see: a call passes its address alone. */
export class RunRecord {
  readonly #words: BigUint64Array;
  readonly #numbers: Float64Array;
  readonly #stop: Int32Array;
  readonly address: bigint;
  /** As tilewright_run takes them. */
  readonly arguments: BigUint64Array;

  constructor(kernel: bigint, pool: bigint, argumentWords: number) {
    const memory = MappedMemory.allocate(8 * (argumentsPlace + argumentWords));
    const { buffer } = memory.bytes;
    this.#words = new BigUint64Array(buffer, 0, argumentsPlace);
    this.#numbers = new Float64Array(buffer, 0, argumentsPlace);
    this.#stop = new Int32Array(buffer, 8 * place.stop, 1);
    this.arguments = new BigUint64Array(buffer, 8 * argumentsPlace, argumentWords);
    this.address = memory.address;
    this.#words[place.kernel] = kernel;
    this.#words[place.pool] = pool;
  }

  /** Of a part at the most, and towards the end; 0: all rows in one call. */
  setPartRows(most: number, least: number) {
    this.#words[place.partRows] = BigInt(most);
    this.#words[place.leastPartRows] = BigInt(least);
  }

  /** Heeded between two parts of the rows. */
  set stop(stop: boolean) {
    this.#stop[0] = stop ? 1 : 0;
  }

  get milliseconds(): number {
    return this.#numbers[place.milliseconds];
  }

  /** Addresses of texts. */
  get code(): bigint {
    return this.#words[place.code];
  }
  get message(): bigint {
    return this.#words[place.message];
  }
  get log(): bigint {
    return this.#words[place.log];
  }
}
