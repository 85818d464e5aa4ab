import { TilewrightError } from '../../codegen/support/errors.ts';

/** How many handles of each kind are open in this process; kinds without any are left out. */
const live = new Map<string, number>();

function count(kind: string, change: 1 | -1): void {
  const left = (live.get(kind) ?? 0) + change;
  if (left === 0) live.delete(kind);
  else live.set(kind, left);
}

/** Open handles by kind, e.g. `{ 'XRT buffer': 2 }`: a test takes it before and after. */
export function liveHandles(): Readonly<Record<string, number>> {
  return Object.fromEntries([...live].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What owns one handle of a native library. It holds no reference to the object that users see, so that
 * one that was forgotten can be collected, and the handle released then.
 */
class Ownership {
  readonly kind: string;
  readonly #giveBack: () => void;
  readonly #parent: Ownership | undefined;
  /** Released before this one is: a library frees nothing of a device that is closed. */
  readonly children = new Set<Ownership>();
  open = true;
  #uses = 0;

  constructor(kind: string, giveBack: () => void, parent?: Ownership) {
    this.kind = kind;
    this.#giveBack = giveBack;
    this.#parent = parent;
    parent?.children.add(this);
    count(kind, 1);
  }

  release(): void {
    if (!this.open) return;
    this.open = false;
    for (const child of [...this.children].reverse()) child.release();
    if (this.#uses === 0) this.#finish();
  }

  /** What a call in another thread uses is given back when the call is over. */
  use(change: 1 | -1): void {
    this.#uses += change;
    if (this.#uses === 0 && !this.open) this.#finish();
    this.#parent?.use(change);
  }

  #finish(): void {
    this.#parent?.children.delete(this);
    count(this.kind, -1);
    this.#giveBack();
  }
}

const forgotten = new FinalizationRegistry<Ownership>((ownership) => {
  try {
    ownership.release();
  } catch {
    // Nobody is there to hear it: who wants to know releases by hand.
  }
});

/**
 * One handle of a native library, released exactly once: by `release`, by `using`, before its parent is
 * released, or when nobody holds this object any more. A subclass adds the calls.
 */
export class NativeHandle<Raw = unknown> implements Disposable {
  readonly #raw: Raw;
  protected readonly ownership: Ownership;

  /**
   * @param kind for `liveHandles` and messages, e.g. `XRT buffer`.
   * @param release gives the handle back; it may throw, and must not hold this object.
   * @param parent what has to live as long, e.g. the buffer's device.
   */
  constructor(kind: string, raw: Raw, release: (raw: Raw) => void, parent?: NativeHandle) {
    this.#raw = raw;
    this.ownership = new Ownership(kind, () => release(raw), parent?.ownership);
    forgotten.register(this, this.ownership, this);
  }

  /** The library's own handle. @throws TilewrightError `HANDLE_RELEASED`. */
  get raw(): Raw {
    const { kind, open } = this.ownership;
    if (open) return this.#raw;
    throw new TilewrightError(`${kind}: used after its release`, {
      code: 'HANDLE_RELEASED',
      hint: 'Release it, and the device it belongs to, after its last use.',
    });
  }

  get released(): boolean {
    return !this.ownership.open;
  }

  /** Waits for a call in another thread that uses the handle: until it is over nothing is given back. */
  protected async during<T>(work: (raw: Raw) => Promise<T>): Promise<T> {
    const { raw, ownership } = this;
    ownership.use(1);
    try {
      return await work(raw);
    } finally {
      ownership.use(-1);
    }
  }

  /** A second call does nothing. */
  release(): void {
    forgotten.unregister(this);
    this.ownership.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
