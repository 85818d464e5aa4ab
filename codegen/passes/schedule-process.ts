import type { Process } from '../ir/ir.ts';
import type { ScheduledProcess } from '../ir/scheduled.ts';
import { formBlocks } from './form-blocks.ts';
import { OpposedAccesses, Parted } from './opposed-accesses.ts';
import { schedule } from './schedule.ts';

/**
 * Blocks of a process and their stages. Where blocks want accesses in opposite orders, the later access of one
 * goes into a block of its own, until stages are found.
 *
 *   if c { i = read s; x = load a[i] } else { x = load a[j]; if x { i = read s } }
 *   ⇒ the second read stands in the block behind that of its load
 */
export function scheduleProcess(process: Process, clock?: number): ScheduledProcess {
  const parted = new Parted();
  for (;;) {
    const blocks = formBlocks(process, parted);
    try {
      return schedule(blocks, clock);
    } catch (error) {
      if (!(error instanceof OpposedAccesses) || !parted.add(blocks, error.keys)) throw error;
    }
  }
}
