import { usageError } from './command.ts';

type Parameters = Readonly<Record<string, number>>;

/** `mean_aggregate.fanout` → the kernel and its parameter; a path may hold full stops too. */
function split(key: string): readonly [kernel: string, name: string] {
  const stop = key.lastIndexOf('.');
  return stop < 0 ? ['', key] : [key.slice(0, stop), key.slice(stop + 1)];
}

/** The parameters of one of several kernels: those that `-p KERNEL.name=value` gives it; '' has `-p name=value`. */
export function parametersOf(kernel: string, given: Parameters = {}): Parameters {
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => {
      const [owner, name] = split(key);
      return owner === kernel ? [[name, value]] : [];
    }),
  );
}

/**
 * @param kernels that `--cu` names beside the first.
 * @throws TilewrightError `USAGE` for a parameter of a kernel that is none of them.
 */
export function checkOwners(given: Parameters = {}, kernels: readonly string[] = []): void {
  for (const key of Object.keys(given)) {
    const [owner, name] = split(key);
    if (owner === '' || kernels.includes(owner)) continue;
    throw usageError(
      `-p ${key} is for ${owner}, which is no other kernel of --cu`,
      `Write -p ${name}=value for the first kernel, or add --cu ${owner}.`,
    );
  }
}
