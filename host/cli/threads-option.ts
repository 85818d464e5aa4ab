import { usageError, wholeNumber } from './command.ts';

/** `--threads N`, of commands that open a device. */
export const threadsOption = {
  threads: wholeNumber(
    'threads',
    'Threads of the device native that share the rows of a run (default: one a processor)',
    { min: 1, max: 256 },
  ),
} as const;

/** What `openDevice` takes. @throws TilewrightError `USAGE` where another device is asked for threads. */
export function threadsOf(options: {
  readonly device: string;
  readonly threads?: number | undefined;
}): { readonly threads?: number } {
  const { device, threads } = options;
  if (threads === undefined) return {};
  if (device === 'native') return { threads };
  throw usageError(
    `--threads does nothing for --device ${device}`,
    'It belongs to --device native.',
  );
}
