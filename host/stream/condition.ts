/** Waits for what somebody else brings about and tells of. */
export class Condition {
  readonly #waiting = new Set<() => void>();

  /** Something changed: all who wait look again. */
  tell(): void {
    for (const wake of this.#waiting) wake();
  }

  /** @throws the reason of `signal` when that comes first. */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (!holds()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
      signal.throwIfAborted();
    }
  }
}
