import type { Process } from './ir.ts';

/** Gives names that no variable and no array of the process has yet. */
export class UniqueNames {
  private readonly taken: Set<string>;

  constructor(process: Process) {
    this.taken = new Set([...process.variables, ...process.arrays].map(({ name }) => name));
  }

  claim(base: string): string {
    let name = base;
    for (let copy = 2; this.taken.has(name); copy++) name = `${base}_${copy}`;
    this.taken.add(name);
    return name;
  }
}
