import { cpus } from 'node:os';
import { toolVersion } from '../codegen/support/run-tool.ts';

/** What a figure is quoted with. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** First line of what each tool says of itself; null where it is not there. */
  readonly tools: Readonly<Record<string, string | null>>;
}

/** @param tools each with the flag that prints its version. */
export async function describeMachine(
  tools: Readonly<Record<string, string>> = {},
): Promise<Machine> {
  const versions: Record<string, string | null> = {};
  for (const [tool, flag] of Object.entries(tools)) {
    versions[tool] = await (async () => toolVersion(tool, flag))().catch(() => null);
  }
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    tools: versions,
  };
}

export function machineLine({ cpu, cores, node, tools }: Machine): string {
  const versions = Object.entries(tools).map(([tool, version]) => version ?? `no ${tool}`);
  return [cpu, `${cores} cores`, `Node ${node}`, ...versions].join(', ');
}
