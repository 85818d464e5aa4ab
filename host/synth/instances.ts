/** What an instance of a kernel's top module is for. */
export type InstanceKind = 'process' | 'memory' | 'stream' | 'control' | 'top' | 'other';

const prefixes: readonly (readonly [string, InstanceKind])[] = [
  ['process_', 'process'],
  ['axi_', 'memory'],
  ['fifo_', 'stream'],
];

/** Reads the name that the Verilog back end gives each instance of the top module. */
export function kindOf(
  instance: string,
  top: string,
): { readonly name: string; readonly kind: InstanceKind } {
  if (instance === top) return { name: top, kind: 'top' };
  if (instance === 'control') return { name: instance, kind: 'control' };
  for (const [prefix, kind] of prefixes) {
    if (instance.startsWith(prefix)) return { name: instance.slice(prefix.length), kind };
  }
  return { name: instance, kind: 'other' };
}
