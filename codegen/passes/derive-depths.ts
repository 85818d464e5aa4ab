import { endpoints } from '../ir/endpoints.ts';
import type { KernelIR } from '../ir/ir.ts';

/**
 * derive-depths: gives every stream that states no depth the one that follows from latencies.
 *
 *   stream nodes depth 0    producer requests `extent`, consumer receives it
 *   ⇒ stream nodes depth 72    as many elements as requests can be in flight, and some to spare
 *
 * A stream that runs beside a memory's round trip must hold an element for each request in flight, or it
 * and not the memory limits how many there are. Every other stream needs 2 to run at full rate.
 */
export const deriveDepths = {
  name: 'derive-depths',
  description: 'stream depths that follow from the latency of memories',
  run(kernel: KernelIR): KernelIR {
    const ends = endpoints(kernel);
    const uses = (access: string, name: string, process: string) =>
      ends.get(`${access} ${name}`)?.has(process) === true;
    const streams = kernel.streams.map((stream) => {
      if (stream.depth !== 0) return { ...stream, depth: Math.max(2, stream.depth) };
      const [from] = ends.get(`write ${stream.name}`) ?? [];
      const [to] = ends.get(`read ${stream.name}`) ?? [];
      const inFlight = kernel.memories
        .filter((one) => uses('request', one.name, from) && uses('receive', one.name, to))
        .map((one) => one.outstanding + 8);
      return { ...stream, depth: Math.max(4, ...inFlight) };
    });
    return { ...kernel, streams };
  },
};
