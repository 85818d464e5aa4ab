import type { Command } from '../command.ts';
import doctor from './doctor.ts';

/** Every command, in the order `tilewright --help` shows them. Adding one: its file, and a line here. */
export const commands: readonly Command[] = [doctor];
