import type { Access } from '../../ir/endpoints.ts';

/** What a process waits for, as a report of the run has it: the kind times 65536, and which stream or memory. */
export const waitKinds: Readonly<Record<Access, number>> = {
  read: 1,
  write: 2,
  receive: 3,
  send: 4,
  request: 5,
  response: 6,
};
