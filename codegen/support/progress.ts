/**
 * How long work reports itself. Rooms take a `Progress` and never write to the terminal: the command
 * line decides whether that becomes a spinner, plain lines or nothing.
 */
export interface Progress {
  /**
   * Runs `work` as one named step. `update` replaces the short text beside the title, e.g. `3 of 8`.
   * Steps may nest; a step that throws ends as failed and the error goes on to the caller.
   */
  step<T>(title: string, work: (update: (text: string) => void) => T | Promise<T>): Promise<T>;
}

/** Reports nothing: for libraries and tests. */
export const silentProgress: Progress = {
  async step(_title, work) {
    return work(() => undefined);
  },
};

/** Updates that follow each other faster than this would flood a log. */
const updateMs = 2000;

/** One line when a step starts, one when it ends, and its updates now and then: for logs and pipes. */
export function lineProgress(
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  let depth = 0;
  return {
    async step(title, work) {
      const indent = '  '.repeat(depth);
      const start = now();
      let last = start;
      write(`${indent}${title} …`);
      depth += 1;
      try {
        const result = await work((text) => {
          if (now() - last < updateMs) return;
          last = now();
          write(`${indent}  ${text}`);
        });
        write(`${indent}${title}: done in ${((now() - start) / 1000).toFixed(1)} s`);
        return result;
      } catch (error) {
        write(`${indent}${title}: failed`);
        throw error;
      } finally {
        depth -= 1;
      }
    },
  };
}
