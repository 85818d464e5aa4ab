/**
 * First statement of a loop: start a new iteration every `ii` cycles (initiation interval). Without
 * effect in Node.
 */
export function pipeline(_ii = 1): void {}

/** First statement of a loop with constant bounds: all its iterations become hardware side by side. */
export function unroll(): void {}
