import type { ToolStatus } from '../../../codegen/support/tool-table.ts';
import { defineCommand } from '../command.ts';

function state(tool: ToolStatus): string {
  if (!tool.found) return tool.required ? 'MISSING' : 'missing';
  return tool.usable ? 'found' : 'TOO OLD';
}

function ways(tool: ToolStatus): string {
  const { debian, macos, container } = tool.get;
  return [
    `${tool.name} (needed for: ${tool.neededFor})`,
    `  Debian, Ubuntu: ${debian}`,
    `  macOS:          ${macos}`,
    `  container:      ${container}`,
  ].join('\n');
}

async function describe(
  statuses: readonly ToolStatus[],
  fatal: readonly ToolStatus[],
  notes: readonly string[],
): Promise<string> {
  const { renderTable } = await import('../../../codegen/support/table.ts');
  const columns = ['tool', 'state', 'version', 'needed for'].map((title) => ({ title }));
  const rows = statuses.map((tool) => [
    tool.name,
    state(tool),
    tool.version ?? '-',
    tool.minimum === undefined ? tool.neededFor : `${tool.neededFor} (${tool.minimum} or newer)`,
  ]);
  const parts = [renderTable(columns, rows)];
  const wanting = statuses.filter((tool) => !tool.usable);
  if (wanting.length > 0) {
    parts.push(`How to get what is missing\n\n${wanting.map(ways).join('\n')}`);
  }
  parts.push(...notes);
  parts.push(
    fatal.length === 0
      ? 'Everything that the main job needs is here.'
      : `The main job needs: ${fatal.map((tool) => tool.name).join(', ')}.`,
  );
  return parts.join('\n\n');
}

interface FoundOpencl {
  /** What TILEWRIGHT_OPENCL takes, and what it names. */
  readonly devices: readonly {
    readonly number: string;
    readonly name: string;
    readonly kind: string;
  }[];
  /** Why there is none. */
  readonly problem?: string;
}

async function openclDevices(): Promise<FoundOpencl> {
  const { openclPlatforms } = await import('../../opencl/index.ts');
  try {
    const devices = openclPlatforms().flatMap((platform, at) =>
      platform.devices.map(({ name, kind }, number) => ({
        number: `${at}:${number}`,
        name: `${platform.name}: ${name}`,
        kind,
      })),
    );
    return { devices };
  } catch (error) {
    return { devices: [], problem: (error as Error).message };
  }
}

function openclText({ devices, problem }: FoundOpencl): string {
  if (devices.length === 0)
    return `OpenCL devices: none${problem === undefined ? '' : ` (${problem})`}`;
  const lines = devices.map(({ number, name, kind }) => `  ${number}  ${name} (${kind})`);
  return ['OpenCL devices, as TILEWRIGHT_OPENCL chooses one:', ...lines].join('\n');
}

export default defineCommand({
  name: 'doctor',
  summary: 'List every tool: found, version, needed for what, how to get it',
  options: {},
  examples: [
    ['tilewright doctor', 'Exits 1 only when something that the main job needs is missing'],
    ['tilewright doctor --json', 'The same as one JSON object'],
  ],
  async run() {
    const { inspectTool, tools } = await import('../../../codegen/support/tool-table.ts');
    const statuses = await Promise.all(tools.map(inspectTool));
    const { emulationText, inspectEmulation } = await import('../../xrt/index.ts');
    const emulation = await inspectEmulation();
    const opencl = await openclDevices();
    const fatal = statuses.filter((tool) => tool.required && !tool.usable);
    return {
      json: {
        ok: fatal.length === 0,
        missing: fatal.map((tool) => tool.name),
        tools: statuses,
        emulation,
        opencl,
      },
      text: await describe(statuses, fatal, [emulationText(emulation), openclText(opencl)]),
      exitCode: fatal.length === 0 ? 0 : 1,
    };
  },
});
