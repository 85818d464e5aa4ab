import type { Command } from '../command.ts';
import clean from './clean.ts';
import data from './data.ts';
import doctor from './doctor.ts';

/** Every command, in the order `tilewright --help` shows them. Adding one: its file, and a line here. */
export const commands: readonly Command[] = [data, doctor, clean];
