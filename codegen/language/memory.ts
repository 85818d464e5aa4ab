import { TilewrightError } from '../support/errors.ts';
import { type ElementType, isBig } from './element-type.ts';
import type { Vec } from './vector.ts';

/** Bytes of one beat: 512 bits. */
export const beatBytes = 64;

export interface MemoryOptions {
  /** Bursts that the hardware can keep in flight on this port. Default 64. */
  readonly outstanding?: number;
}

/** Declares a buffer that the kernel reads through its own AXI4 master. */
export interface ReadMemory<T> extends MemoryOptions {
  readonly kind: 'read';
  readonly element: ElementType<T>;
}

/** Declares a buffer that the kernel writes through its own AXI4 master. */
export interface WriteMemory<T> extends MemoryOptions {
  readonly kind: 'write';
  readonly element: ElementType<T>;
}

/** Several buffers of one kind, each behind an AXI4 master of its own. */
export interface ReadMemories<T> {
  readonly kind: 'read-array';
  readonly count: number;
  readonly memory: ReadMemory<T>;
}

/** Several buffers of one kind, each behind an AXI4 master of its own. */
export interface WriteMemories<T> {
  readonly kind: 'write-array';
  readonly count: number;
  readonly memory: WriteMemory<T>;
}

/** Declares a value that the host writes before start. */
export interface ScalarArgument<T> {
  readonly kind: 'scalar';
  readonly element: ElementType<T>;
}

export function readMemory<T>(element: ElementType<T>, options: MemoryOptions = {}): ReadMemory<T> {
  return { kind: 'read', element, ...options };
}

export function writeMemory<T>(
  element: ElementType<T>,
  options: MemoryOptions = {},
): WriteMemory<T> {
  return { kind: 'write', element, ...options };
}

/**
 * `count` memories as one argument of `dataflow`: an array of ports. For the host, in the manifest and in
 * the register map, they are arguments of their own: `features: readMemories(2, u16)` is `features_0` and
 * `features_1`. One alone has its number too, so that a host may count.
 */
export function readMemories<T>(
  count: number,
  element: ElementType<T>,
  options: MemoryOptions = {},
): ReadMemories<T> {
  return { kind: 'read-array', count, memory: readMemory(element, options) };
}

/** The same for memories that are written. */
export function writeMemories<T>(
  count: number,
  element: ElementType<T>,
  options: MemoryOptions = {},
): WriteMemories<T> {
  return { kind: 'write-array', count, memory: writeMemory(element, options) };
}

export function scalar<T>(element: ElementType<T>): ScalarArgument<T> {
  return { kind: 'scalar', element };
}

/** The kernel's end of a memory that it reads. Requests (AR) and responses (R) may sit in different processes. */
export interface ReadPort<T> {
  /** Elements in one 64-byte beat. */
  readonly lanes: number;
  /** Asks for `beats` (1…256) whole beats from beat index `beat`; does not wait for them. */
  request(beat: number, beats: number): void;
  /** The next beat that was asked for, in order; blocks until it is there. */
  receive(): Vec<T>;
}

/** The kernel's end of a memory that it writes: request (AW), then its beats (W), then one response (B) a request. */
export interface WritePort<T> {
  readonly lanes: number;
  /** Announces `beats` (1…256) whole beats from beat index `beat`. */
  request(beat: number, beats: number): void;
  /** The next beat of the announced bursts, in order. */
  send(value: Vec<T>): void;
  /** Blocks until the memory has confirmed the oldest request not yet confirmed. */
  response(): void;
}

type Elements = { [index: number]: number | bigint };

/** The bytes of a buffer as elements, little-endian, without a copy where alignment allows. */
export function elementsOf(bytes: Uint8Array, element: ElementType<unknown>): Elements {
  const { buffer, byteOffset: offset, byteLength: length } = bytes;
  switch (`${element.signed ? 'i' : 'u'}${element.width}`) {
    case 'u8':
      return new Uint8Array(buffer, offset, length);
    case 'i8':
      return new Int8Array(buffer, offset, length);
    case 'u16':
      return new Uint16Array(buffer, offset, length / 2);
    case 'i16':
      return new Int16Array(buffer, offset, length / 2);
    case 'u32':
      return new Uint32Array(buffer, offset, length / 4);
    case 'i32':
      return new Int32Array(buffer, offset, length / 4);
    case 'u64':
      return new BigUint64Array(buffer, offset, length / 8);
    case 'i64':
      return new BigInt64Array(buffer, offset, length / 8);
    default:
      throw new TilewrightError(`a memory cannot hold ${element.text}`, {
        code: 'MEMORY_ELEMENT',
        hint: 'Memory elements are 8, 16, 32 or 64 bits wide.',
      });
  }
}

/** What a golden port counts, and checks at the end of a run. */
export interface PortCount {
  readonly bursts: number;
  readonly beats: number;
  /** Empty when everything requested was used, else what is left over. */
  readonly unfinished: string;
}

abstract class GoldenPort<T> {
  readonly lanes: number;
  bursts = 0;
  beats = 0;
  readonly name: string;
  protected readonly elements: Elements;
  protected readonly element: ElementType<T>;
  /** Units in 1: the buffer holds whole units, the kernel sees numbers. A bigint counts units itself. */
  protected readonly scale: number;
  private readonly total: number;

  constructor(name: string, element: ElementType<T>, bytes: Uint8Array) {
    this.name = name;
    this.element = element;
    this.scale = isBig(element) ? 1 : 2 ** element.fraction;
    this.lanes = (beatBytes * 8) / element.width;
    this.elements = elementsOf(bytes, element);
    this.total = bytes.length / beatBytes;
  }

  protected check(beat: number, beats: number): void {
    if (!(beats >= 1 && beats <= 256)) {
      throw new TilewrightError(`${this.name}: a request asks for ${beats} beats`, {
        code: 'BURST_LENGTH',
        hint: 'A request is 1 to 256 beats long.',
      });
    }
    if (!(beat >= 0 && beat + beats <= this.total)) {
      throw new TilewrightError(
        `${this.name}: a request for beats ${beat}…${beat + beats - 1} leaves the buffer of ${this.total} beats`,
        {
          code: 'OUT_OF_RANGE',
          hint: 'Check the addresses that the kernel computes, and the size of the buffer.',
        },
      );
    }
    this.bursts += 1;
    this.beats += beats;
  }
}

/** Beats asked for and not yet moved, as [next beat, end) pairs in order. */
class BeatQueue {
  private readonly bounds: number[] = [];
  private head = 0;

  add(beat: number, beats: number): void {
    this.bounds.push(beat, beat + beats);
  }

  take(): number | undefined {
    if (this.head >= this.bounds.length) return undefined;
    const beat = this.bounds[this.head]++;
    if (this.bounds[this.head] === this.bounds[this.head + 1]) this.head += 2;
    return beat;
  }

  get empty(): boolean {
    return this.head >= this.bounds.length;
  }
}

export class GoldenReadPort<T> extends GoldenPort<T> implements ReadPort<T>, PortCount {
  private readonly queue = new BeatQueue();

  request(beat: number, beats: number): void {
    this.check(beat, beats);
    this.queue.add(beat, beats);
  }

  receive(): Vec<T> {
    const beat = this.queue.take();
    if (beat === undefined) {
      throw new TilewrightError(`${this.name}: receive() without a request`, {
        code: 'NOT_REQUESTED',
        hint: 'Request as many beats as are received, in a process that is called before.',
      });
    }
    const first = beat * this.lanes;
    const { elements, scale } = this;
    return Array.from({ length: this.lanes }, (_, lane) => {
      const units = elements[first + lane];
      return (scale === 1 ? units : (units as number) / scale) as T;
    });
  }

  get unfinished(): string {
    return this.queue.empty ? '' : `${this.name}: beats were requested and never received`;
  }
}

export class GoldenWritePort<T> extends GoldenPort<T> implements WritePort<T>, PortCount {
  private readonly queue = new BeatQueue();
  private unconfirmed = 0;

  request(beat: number, beats: number): void {
    this.check(beat, beats);
    this.queue.add(beat, beats);
    this.unconfirmed += 1;
  }

  send(value: Vec<T>): void {
    const beat = this.queue.take();
    if (beat === undefined || value.length !== this.lanes) {
      throw new TilewrightError(
        beat === undefined
          ? `${this.name}: send() without a request`
          : `${this.name}: send() of ${value.length} lanes into a beat of ${this.lanes}`,
        { code: 'NOT_REQUESTED', hint: 'Request as many beats as are sent, each a whole beat.' },
      );
    }
    const first = beat * this.lanes;
    const { elements, scale } = this;
    for (let lane = 0; lane < this.lanes; lane++) {
      const given = value[lane] as number | bigint;
      elements[first + lane] = scale === 1 ? given : (given as number) * scale;
    }
  }

  response(): void {
    if (this.unconfirmed === 0) {
      throw new TilewrightError(`${this.name}: response() without a request`, {
        code: 'NOT_REQUESTED',
        hint: 'There is one response a request.',
      });
    }
    this.unconfirmed -= 1;
  }

  get unfinished(): string {
    if (!this.queue.empty) return `${this.name}: beats were requested and never sent`;
    if (this.unconfirmed === 0) return '';
    const [count, were] =
      this.unconfirmed === 1 ? ['1 response', 'was'] : [`${this.unconfirmed} responses`, 'were'];
    return `${this.name}: ${count} ${were} never taken`;
  }
}
