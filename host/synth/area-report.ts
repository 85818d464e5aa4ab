import { type CardName, cardOf, shareOf } from './cards.ts';
import { type InstanceKind, kindOf } from './instances.ts';
import { type CellCounts, type Resources, resourcesOf, sumResources } from './resources.ts';
import type { JobResult } from './run-yosys.ts';
import { controlModule } from './yosys-script.ts';

/** One instance of the kernel's top module. */
export interface InstanceArea {
  /** Name of the process, the stream or the memory; the kernel's for the top module's own logic. */
  readonly name: string;
  readonly kind: InstanceKind;
  /** Instance in the Verilog, e.g. `process_gather`. */
  readonly instance: string;
  readonly module: string;
  readonly resources: Resources;
  readonly share: Resources | null;
}

/** Area of a kernel as one netlist, and of each instance of its top module by itself. */
export interface AreaReport {
  /** The kernel as one netlist, without its control slave. */
  readonly kernel: Resources;
  readonly share: Resources | null;
  readonly cells: CellCounts;
  /** Cell types that are in no figure. */
  readonly uncounted: readonly string[];
  /** Each instance by itself, largest first; the control slave too. */
  readonly instances: readonly InstanceArea[];
  /** Without the control slave. It need not be `kernel`: nothing is optimised across instances. */
  readonly sumOfInstances: Resources;
}

/** What two runs, of the kernel and of its instances, say of its area. */
export function areaReport(
  top: string,
  flat: JobResult,
  parts: JobResult,
  card: CardName | undefined,
): AreaReport {
  const cells = leavesOf(flat.cells[top], new Set([controlModule(top)]));
  const whole = resourcesOf(cells);
  const { instances, uncounted } = instanceAreas(top, parts, card);
  return {
    kernel: whole.resources,
    share: card === undefined ? null : shareOf(whole.resources, cardOf(card)),
    cells,
    uncounted: [...new Set([...whole.unknown, ...uncounted])].sort(),
    instances,
    sumOfInstances: sumResources(
      instances.filter(({ kind }) => kind !== 'control').map(({ resources }) => resources),
    ),
  };
}

/** Of each instance of the top module its area, largest first, and the cell types in no figure. */
export function instanceAreas(
  top: string,
  parts: JobResult,
  card?: CardName,
): { readonly instances: readonly InstanceArea[]; readonly uncounted: readonly string[] } {
  const kept = new Set(parts.instances.map(({ module }) => module));
  const uncounted = new Set<string>();
  const areas = [{ name: top, module: top }, ...parts.instances].map(({ name, module }) => {
    const { resources, unknown } = resourcesOf(leavesOf(parts.cells[module], kept));
    for (const type of unknown) uncounted.add(type);
    const share = card === undefined ? null : shareOf(resources, cardOf(card));
    return { ...kindOf(name, top), instance: name, module, resources, share };
  });
  const largest = (a: InstanceArea, b: InstanceArea) =>
    b.resources.lut - a.resources.lut || b.resources.ff - a.resources.ff;
  return { instances: areas.sort(largest), uncounted: [...uncounted] };
}

/** Cells that are no instances of a module with a row, or a black box, of its own. */
function leavesOf(cells: CellCounts | undefined, modules: ReadonlySet<string>): CellCounts {
  return Object.fromEntries(Object.entries(cells ?? {}).filter(([type]) => !modules.has(type)));
}
