/** The way out of what a kernel does wrong, by the error's code; for devices that run compiled code. */
export const faultHints: Readonly<Record<string, string>> = {
  OUT_OF_RANGE: 'Check the addresses that the kernel computes, and the size of the buffer.',
  BURST_LENGTH: 'A request is 1 to 256 beats long.',
  OUTSTANDING:
    'Read or confirm requests before more are made, or give the memory more outstanding.',
  NOT_REQUESTED: 'Request as many beats as are used, in a process that is called before.',
  STREAM_EMPTY:
    'Producer and consumer must agree on the number of elements, and the producer must be called first.',
  ASSERTION: "The kernel's own assert() says so: look at the arguments of this run.",
  ARRAY_INDEX: 'Check the index that the kernel computes.',
  DEADLOCK: 'Give the streams that are full more depth, as hardware needs it too.',
  UNFINISHED:
    'Every request needs its beats and responses, every write its read: hardware would hang here.',
};
