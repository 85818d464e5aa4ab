import { endpoints } from '../ir/endpoints.ts';
import type { KernelIR } from '../ir/ir.ts';

/**
 * derive-depths: gives every stream that states no depth the one that follows from latencies.
 *
 *   stream nodes depth 0    producer requests `extent`, consumer receives it
 *   ⇒ stream nodes depth 72    as many elements as requests can be in flight, and some to spare
 *
 * The producer may also stand further up than the process that requests, and the consumer may await the
 * responses of writes. A stream that runs beside a memory's round trip must hold an element for each
 * request in flight, or it and not the memory limits how many there are. Every other stream needs 2 to run at full rate.
 */
export const deriveDepths = {
  name: 'derive-depths',
  description: 'stream depths that follow from the latency of memories',
  run(kernel: KernelIR): KernelIR {
    const ends = endpoints(kernel);
    const uses = (access: string, name: string, process: string) =>
      ends.get(`${access} ${name}`)?.has(process) === true;
    const below = downstream(kernel, ends);
    const streams = kernel.streams.map((stream) => {
      if (stream.depth !== 0) return { ...stream, depth: Math.max(2, stream.depth) };
      const [from] = ends.get(`write ${stream.name}`) ?? [];
      const [to] = ends.get(`read ${stream.name}`) ?? [];
      const inFlight = kernel.memories
        .filter((one) => uses('receive', one.name, to) || uses('response', one.name, to))
        .filter((one) => below(from).some((process) => uses('request', one.name, process)))
        .map((one) => one.outstanding + 8);
      return { ...stream, depth: Math.max(4, ...inFlight) };
    });
    return { ...kernel, streams };
  },
};

/** A process and all that its streams lead to. */
function downstream(
  kernel: KernelIR,
  ends: ReadonlyMap<string, ReadonlySet<string>>,
): (process: string) => readonly string[] {
  return (process) => {
    const found = [process];
    for (const one of found) {
      for (const stream of kernel.streams) {
        if (ends.get(`write ${stream.name}`)?.has(one) !== true) continue;
        for (const to of ends.get(`read ${stream.name}`) ?? []) {
          if (!found.includes(to)) found.push(to);
        }
      }
    }
    return found;
  };
}
