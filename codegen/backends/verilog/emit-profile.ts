import type { ProcessContext } from './process-context.ts';
import { waitsAt } from './stage-waits.ts';

/**
 * Wires that say in each cycle what the process does, for a simulator that counts them; they exist under
 * TILEWRIGHT_PROFILE only.
 *
 * - `profile_begins`: a block enters the pipeline. `profile_moves`: one in any stage goes on.
 *   `profile_holds`: there is one.
 * - `profile_<n>_<kind>_<resource>`: a stage holds a block that has to wait for this access.
 * - `profile_<n>_own_<stage>`: the stage holds one that has to wait for an older one of this process.
 *
 * The lower `n`, the older the block: where several wait, the first one of them holds up the others.
 */
export function profile(context: ProcessContext): readonly string[] {
  const { stages } = context.scheduled;
  const each = (signal: string) =>
    Array.from({ length: stages }, (_, stage) => `s${stage}_${signal}`).join(' || ');
  const lines = [
    'wire profile_begins = s0_go;',
    `wire profile_moves = ${each('go')};`,
    `wire profile_holds = ${each('valid')};`,
  ];
  let number = 0;
  for (let stage = stages - 1; stage >= 0; stage--) {
    for (const { name, reason } of waitsAt(context, stage)) {
      lines.push(`wire profile_${number++}_${name} = s${stage}_valid && ${reason};`);
    }
  }
  return [
    '',
    '`ifdef TILEWRIGHT_PROFILE',
    '    // For `tilewright profile`: what the process does, and what it waits for, oldest block first.',
    ...lines.map((line) => `    ${line}`),
    '`endif',
  ];
}
