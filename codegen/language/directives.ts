/**
 * First statement of a loop: start a new iteration every `ii` cycles (initiation interval). Without
 * effect in Node.
 */
export function pipeline(_ii = 1): void {}

/**
 * First statement of a `for` loop: all its iterations (its bounds must be constants), or `copies` of them
 * at a time (1 to 256), become hardware side by side. Without effect in Node.
 */
export function unroll(_copies?: number): void {}
