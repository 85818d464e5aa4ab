/** Runs one after another: two of them may share buffers. */
export class RunQueue {
  #last: Promise<unknown> = Promise.resolve();

  add<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async idle(): Promise<void> {
    await this.#last;
  }
}
