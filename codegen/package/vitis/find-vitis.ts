import { TilewrightError } from '../../support/errors.ts';
import { howToGet, tools } from '../../support/tool-table.ts';
import type { HwPlan, VitisTool } from './hw-plan.ts';
import { findVitisVersion, type VitisVersion } from './vitis-version.ts';

function locate(name: VitisTool): string | undefined {
  return tools.find((tool) => tool.name === name)?.locate();
}

/** The release of the Vitis on this machine, as its linker tells it; undefined when there is none. */
export async function installedVitis(): Promise<VitisVersion | undefined> {
  const tool = tools.find(({ name }) => name === 'v++');
  const path = tool?.locate();
  const told = path === undefined ? undefined : await tool?.version(path);
  return told === undefined ? undefined : findVitisVersion(told);
}

/** The error for a machine that cannot build for a card. */
export function vitisMissing(missing: readonly VitisTool[]): TilewrightError {
  const [first] = tools.filter(({ name }) => name === missing[0]);
  const how = first === undefined ? 'Vitis' : howToGet(first);
  return new TilewrightError(
    `${missing.join(' and ')} ${missing.length === 1 ? 'was' : 'were'} not found: a binary for a card takes AMD's Vitis\n` +
      `to get it: ${how}`,
    {
      code: 'TOOL_MISSING',
      hint:
        'Without Vitis: --dry-run tells every command and file; --target native, sim and hw_emu and the ' +
        'device opencl run the kernel on this machine.',
      details: { missing },
    },
  );
}

/**
 * Absolute paths of the tools that a plan runs: on PATH, or where XILINX_VITIS and XILINX_VIVADO say.
 * @throws TilewrightError `TOOL_MISSING` naming all that are not there, and what works without.
 */
export function locateTools(plan: HwPlan): ReadonlyMap<VitisTool, string> {
  const paths = new Map<VitisTool, string>();
  const missing = new Set<VitisTool>();
  for (const { tool } of plan.commands) {
    const path = locate(tool);
    if (path === undefined) missing.add(tool);
    else paths.set(tool, path);
  }
  if (missing.size > 0) throw vitisMissing([...missing]);
  return paths;
}
