import type { Progress } from '../../codegen/support/progress.ts';

/**
 * Progress as spinners on a terminal. listr2 is loaded at the first step, so that a command which
 * has none starts faster. A step inside a step is shown as the text below the outer one.
 */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  let inner: ((title: string, text?: string) => void) | undefined;
  return {
    async step(title, work) {
      if (inner !== undefined) {
        const show = inner;
        show(title);
        return work((text) => show(title, text));
      }
      const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
      const logger = new ListrLogger({ processOutput: new ProcessOutput(stream, stream) });
      let result: { readonly value: Awaited<ReturnType<typeof work>> } | undefined;
      const list = new Listr(
        [
          {
            title,
            task: async (_context, task) => {
              inner = (name, text) => {
                task.output = text === undefined ? name : `${name}: ${text}`;
              };
              const value = await work((text) => {
                task.title = `${title}: ${text}`;
              });
              task.title = title;
              result = { value };
            },
          },
        ],
        {
          forceTTY: true,
          // Ctrl-C is ours: it aborts the command, which then cleans up.
          registerSignalListeners: false,
          rendererOptions: { logger, showErrorMessage: false, collapseSubtasks: true },
        } as ConstructorParameters<typeof Listr>[1],
      );
      try {
        await list.run();
      } finally {
        inner = undefined;
      }
      return (result as { readonly value: Awaited<ReturnType<typeof work>> }).value;
    },
  };
}
