import type { Manifest } from '../../codegen/package/manifest.ts';
import type { HwPlan } from '../../codegen/package/vitis/hw-plan.ts';
import type {
  HlsReport,
  NumberRange,
  TimingReport,
  UtilisationRow,
} from '../../codegen/package/vitis/hw-reports.ts';
import { versionText } from '../../codegen/package/vitis/vitis-version.ts';
import { shellCommand } from '../../codegen/support/run-tool.ts';
import { renderTable } from '../../codegen/support/table.ts';

/** How a release of Vitis came to be the one that a dry run writes for. */
export type VersionSource = 'asked for' | 'installed' | 'assumed';

/** A dry run as data: the commands in order, the files by path, and what is copied from where. */
export function dryRunJson(plan: HwPlan, source: VersionSource): object {
  return {
    dryRun: true,
    vitis: versionText(plan.design.version),
    vitisVersion: source,
    xclbin: plan.xclbin,
    commands: plan.commands.map(({ title, tool, args, folder, makes }) => ({
      title,
      tool,
      args,
      folder,
      makes: makes ?? null,
      shell: shellCommand(tool, args),
    })),
    files: Object.fromEntries(plan.files),
    copies: Object.fromEntries(plan.copies),
  };
}

export function dryRunText(plan: HwPlan, source: VersionSource, out: string | undefined): string {
  const { version } = plan.design;
  const commands = plan.commands.map(({ tool, args, folder }) => {
    const command = shellCommand(tool, args);
    return `  ${folder === '' ? command : `(cd ${folder} && ${command})`}`;
  });
  const files = [...plan.files].map(([path, text]) => `── ${path}\n${text.trimEnd()}`);
  const copies = [...plan.copies].map(([path, from]) => `  ${path} ← ${from}`);
  return [
    `Nothing was run. For Vitis ${versionText(version)} (${source}), these commands make ${plan.xclbin}:`,
    ...commands,
    '',
    out === undefined
      ? 'They take these files:'
      : `They take these files, which are now in ${out}:`,
    ...files.map((file) => `${file}\n`),
    'And copies of these:',
    ...copies,
  ].join('\n');
}

function cycles(range: NumberRange | undefined): string {
  if (range === undefined) return 'not known before the run';
  return range.min === range.max ? `${range.min}` : `${range.min} to ${range.max}`;
}

function hlsLines({ loops, latency, interval, targetNs, estimatedNs, used }: HlsReport): string[] {
  const clock =
    estimatedNs === undefined
      ? []
      : [
          `  estimated clock ${estimatedNs} ns${targetNs === undefined ? '' : ` of ${targetNs} ns`}`,
        ];
  const table = renderTable(
    [
      { title: '  loop' },
      { title: 'interval', align: 'right' },
      { title: 'depth', align: 'right' },
      { title: 'latency', align: 'right' },
    ],
    loops.map((loop) => [
      `  ${loop.module}/${loop.name}`,
      loop.interval ?? '–',
      loop.depth ?? '–',
      cycles(loop.latency),
    ]),
  );
  const area = Object.entries(used).map(([name, count]) => `${name} ${count}`);
  return [
    `  latency ${cycles(latency)}, interval ${cycles(interval)}`,
    ...clock,
    `  estimated ${area.join(', ')}`,
    ...(loops.length === 0 ? [] : [table]),
  ];
}

function timingLines({ setupNs, holdNs, met, failingEndpoints, clocks }: TimingReport): string[] {
  const hold = holdNs === undefined ? '' : `, hold slack ${holdNs} ns`;
  const verdict = met ? 'timing is met' : `timing is missed at ${failingEndpoints} endpoints`;
  const slow = clocks.filter((clock) => clock.setupNs < 0).map(({ name }) => name);
  return [
    `${verdict}: setup slack ${setupNs} ns${hold}`,
    ...(slow.length === 0 ? [] : [`clocks that miss it: ${slow.join(', ')}`]),
  ];
}

function utilisationLines(rows: readonly UtilisationRow[]): string[] {
  const names = [...new Set(rows.flatMap(({ used }) => Object.keys(used)))];
  const table = renderTable(
    [{ title: 'placed' }, ...names.map((title) => ({ title, align: 'right' as const }))],
    rows.map(({ name, used, percent }) => [
      name,
      ...names.map((resource) => {
        const share = percent[resource];
        return `${used[resource] ?? '–'}${share === undefined ? '' : ` (${share} %)`}`;
      }),
    ]),
  );
  return [table];
}

/** The binary, and what Vitis reported of it. */
export function hwText(xclbin: string, manifests: readonly Manifest[]): string {
  const shared = manifests[0]?.reports;
  return [
    `The binary is ${xclbin}`,
    ...manifests.flatMap(({ kernel, reports }) =>
      reports?.hls === undefined ? [] : [`${kernel}, as HLS sees it:`, ...hlsLines(reports.hls)],
    ),
    ...(shared?.timing === undefined ? [] : timingLines(shared.timing)),
    ...(shared?.utilisation === undefined ? [] : utilisationLines(shared.utilisation)),
  ].join('\n');
}
