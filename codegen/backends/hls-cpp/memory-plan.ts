import { type Access, endpoints } from '../../ir/endpoints.ts';
import type { KernelIR, Memory, Process } from '../../ir/ir.ts';
import { TilewrightError } from '../../support/errors.ts';

/**
 * How a memory's port is used. Vitis is believed to accept a burst_maxi in one process only, while the
 * IR may request in one process and receive in another: then a process of our own serves the port, and
 * streams lead to and from it. Where one process does everything it uses the port itself.
 */
export interface MemoryPlan {
  readonly memory: Memory;
  /** `unused`: no process touches it, and the port stays idle. */
  readonly kind: 'direct' | 'served' | 'unused';
  /** The process that uses the port directly, or that requests. */
  readonly requester: string | undefined;
  /** A served write memory whose responses go back to a process of their own. */
  readonly responses: boolean;
  /** The process after which the serving one is called. */
  readonly serveAfter: string | undefined;
}

/** The one process that does `access` on a memory. */
function only(
  kernel: KernelIR,
  memory: Memory,
  access: Access,
  ends: ReturnType<typeof endpoints>,
): Process | undefined {
  const names = ends.get(`${access} ${memory.name}`) ?? new Set();
  const users = kernel.processes.filter(({ name }) => names.has(name));
  if (users.length <= 1) return users[0];
  throw new TilewrightError(
    `kernel ${kernel.name}: memory ${memory.name} has a ${access} in the processes ${[...names].join(' and ')}`,
    {
      code: 'HLS_MEMORY_SHARED',
      hint: `Move every ${access} of ${memory.name} into one process; HLS cannot share a port.`,
      location: users[1].span,
    },
  );
}

/** @throws TilewrightError where processes share a port in a way that HLS C++ cannot express. */
export function planMemory(kernel: KernelIR, memory: Memory): MemoryPlan {
  const ends = endpoints(kernel);
  const requester = only(kernel, memory, 'request', ends);
  const receiver = only(kernel, memory, 'receive', ends);
  const sender = only(kernel, memory, 'send', ends);
  const responder = only(kernel, memory, 'response', ends);
  const all = new Set([requester, receiver, sender, responder].filter((one) => one !== undefined));
  const plan = { memory, requester: requester?.name, responses: false, serveAfter: undefined };
  if (all.size === 0) return { ...plan, kind: 'unused' };
  if (all.size === 1) return { ...plan, kind: 'direct', requester: [...all][0].name };

  const place = (process: Process | undefined) =>
    process === undefined ? -1 : kernel.processes.indexOf(process);
  const last = kernel.processes[Math.max(place(requester), place(sender))];
  const late = receiver ?? responder;
  if (last === undefined || (receiver !== undefined && place(receiver) <= place(last))) {
    throw new TilewrightError(
      `kernel ${kernel.name}: memory ${memory.name} is used before it is requested`,
      {
        code: 'HLS_PROCESS_ORDER',
        hint: 'Call the process that requests before the one that takes the beats.',
        ...(late === undefined ? {} : { location: late.span }),
      },
    );
  }
  return {
    ...plan,
    kind: 'served',
    // Otherwise the serving process collects them: nobody can tell the difference, since a kernel
    // never reads what it writes, and the kernel is done only when all processes are.
    responses: responder !== undefined && place(responder) > place(last),
    serveAfter: last.name,
  };
}
