/** Runs one after another: two of them may share buffers. */
export class RunQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  async add<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    try {
      return await next;
    } finally {
      this.#waiting--;
    }
  }

  /** Whether a run is under way or waits for its turn. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  async idle(): Promise<void> {
    await this.#last;
  }
}
