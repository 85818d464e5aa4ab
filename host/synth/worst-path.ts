import { type NamedSignal, type Netlist, placeInName, type VerilogPlace } from './netlist.ts';
import type { StaNet, StaPath, StaStep } from './sta-report.ts';
import type { SourcePlace, VerilogLines } from './verilog-lines.ts';

/** One cell of the slowest path, with what the Verilog text calls its output. */
export interface LocatedStep {
  /** Arrival at its output, in picoseconds after the clock edge. */
  readonly ps: number;
  readonly type: string;
  readonly signals: readonly NamedSignal[];
  readonly places: readonly VerilogPlace[];
}

/** The slowest path of a module; pure data, as the store keeps it. */
export interface LocatedPath {
  readonly module: string;
  readonly ps: number;
  /** Signals at the start: a register's output or an input port. */
  readonly start: readonly NamedSignal[];
  readonly steps: readonly LocatedStep[];
  /** What the end drives: a register's output, or an output port, or what a memory is given. */
  readonly end: readonly NamedSignal[];
  /** Cell without delays in Yosys that the path ends at, e.g. `RAM32M`. */
  readonly memory?: string;
  /** Type of the cell whose output the path ends at, read by nothing. */
  readonly unread?: string;
}

/** A line of TypeScript and its text. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Cells of a path between two signals that have names. */
export interface PathStep {
  /** Arrival in nanoseconds after the clock edge. */
  readonly ns: number;
  /** Cells since the last step, e.g. `LUT6, 3 CARRY4`. */
  readonly cells: string;
  /** Instance of the top module, e.g. `process_divide`; empty at the top itself. */
  readonly instance: string;
  /** Signal without the instance, e.g. `s1_mul[3]`; empty where no name of the Verilog text is left. */
  readonly signal: string;
  /** Place in the Verilog, `file:line`; empty where unknown. */
  readonly verilog: string;
  /** The value's own line of TypeScript; null for handshakes and library modules. */
  readonly source: SourceLine | null;
}

export interface TimingPath {
  /** Cell delays from the clock edge to the end, without routing. */
  readonly ns: number;
  readonly start: string;
  readonly end: string;
  /** Memory cell whose input the path ends at; null where it ends at a register or a port. */
  readonly memory: string | null;
  /**
   * Type of the cell at whose unread output the path ends, which no device waits for: `sta` of Yosys 0.23
   * counts the cascade output of the last DSP slice of a wide product. Null for any other path.
   */
  readonly unread: string | null;
  /** Instances that it runs through, in order. */
  readonly through: readonly string[];
  /** Library modules among them, e.g. `tw_fifo`: what a kernel's source cannot change by itself. */
  readonly library: readonly string[];
  /** The line that takes most of the path; null where no step has one. */
  readonly source: SourceLine | null;
  /** Nanoseconds of the path that belong to `source`. */
  readonly sourceNs: number;
  /** Without a line of its own: the lines of the stages that it runs through. */
  readonly stageLines: readonly SourceLine[];
  readonly steps: readonly PathStep[];
}

/** Joins a path of `sta` with the netlist that it was computed on. */
export function locatePath(path: StaPath, netlist: Netlist): LocatedPath {
  const { module, steps } = path;
  const named = (net: StaNet | undefined) =>
    net === undefined ? [] : netlist.namesOf(module, net.name, net.bit);
  const located = steps.map((step, at): LocatedStep => {
    const driven = steps[at + 1]?.net ?? (step.to === undefined ? undefined : path.output);
    const inName = driven === undefined ? undefined : placeInName(driven.name);
    return {
      ps: step.ps,
      type: step.type,
      signals: named(driven),
      places: [...(inName === undefined ? [] : [inName]), ...netlist.placesOf(module, step.cell)],
    };
  });
  const last = steps[steps.length - 1];
  const readers =
    path.output === undefined
      ? []
      : netlist.readersOf(module, path.output.name, path.output.bit, last?.cell ?? '');
  const memory = readers.find((type) => /^(RAM|SRL|URAM|FIFO)/.test(type));
  return {
    module,
    ps: path.ps,
    start: path.input === undefined ? (located[0]?.signals ?? []) : named(path.input),
    steps: located,
    end: path.output === undefined ? endSignals(netlist, module, last) : named(path.output),
    ...(memory === undefined ? {} : { memory }),
    ...(path.inside === true && readers.length === 0 && last !== undefined
      ? { unread: last.type }
      : {}),
  };
}

/** What the cell at the end of a path drives. */
function endSignals(netlist: Netlist, module: string, last: StaStep | undefined) {
  if (last === undefined) return [];
  for (const port of ['Q', 'O', 'P', 'DO', 'DOADO', 'DOUTADOUT']) {
    const driven = netlist.drivenBy(module, last.cell, port);
    if (driven.length > 0) return driven;
  }
  return [];
}

/** What turns names of the netlist into lines of the kernel. */
export interface PathSources {
  /** Of each Verilog file of the kernel, by its name. */
  readonly verilog: ReadonlyMap<string, VerilogLines>;
  /** Text of a line of the kernel's TypeScript; undefined when it cannot be read. */
  readonly lineText: (file: string, line: number) => string | undefined;
  /** Instance of the top module that the path's module is; undefined for the top itself. */
  readonly instance?: string;
}

/** Tells a path in the words of the Verilog and of the TypeScript it was made from. */
export function describePath(path: LocatedPath, sources: PathSources): TimingPath {
  const steps: ToldStep[] = [];
  const libraries = new Set<string>();
  const stages = new Map<string, SourceLine>();
  const spent = new Map<string, { readonly source: SourceLine; ps: number }>();
  let cells: string[] = [];
  let before = 0;
  path.steps.forEach((step, at) => {
    cells.push(step.type);
    const best = bestSignal(step.signals, sources);
    const places = placesOf(step, best, sources);
    const exact = places.find((one) => one.exact);
    const source = exact === undefined ? null : sourceLine(exact, sources);
    if (source !== null) {
      const key = `${source.file}:${source.line}`;
      const known = spent.get(key) ?? { source, ps: 0 };
      spent.set(key, { source, ps: known.ps + step.ps - before });
    }
    for (const place of places) {
      const line = sourceLine(place, sources);
      if (!place.exact && line !== null) stages.set(`${line.file}:${line.line}`, line);
    }
    const where = best?.place ?? step.places[step.places.length - 1];
    const library = where === undefined ? undefined : /^(tw_\w+)\.v$/.exec(where.file)?.[1];
    if (library !== undefined) libraries.add(library);
    before = step.ps;
    if (best === undefined && where === undefined && at < path.steps.length - 1) return;
    const named = split(best, sources);
    const process = where === undefined ? undefined : sources.verilog.get(where.file)?.process;
    const told: ToldStep = {
      ns: step.ps / 1000,
      cells,
      instance: named.instance === '' && process ? `process_${process}` : named.instance,
      signal: named.signal,
      verilog: where === undefined ? '' : `${where.file}:${where.line}`,
      source,
    };
    // A carry chain is many cells of one operator, and none has a name.
    const last = steps[steps.length - 1];
    const same = last?.signal === '' && told.signal === '' && last.verilog === told.verilog;
    if (same) steps.pop();
    steps.push(same ? { ...told, cells: [...last.cells, ...cells] } : told);
    cells = [];
  });
  const most = [...spent.values()].sort((a, b) => b.ps - a.ps)[0];
  const through = steps.map(({ instance }) => instance).filter((one) => one !== '');
  return {
    ns: path.ps / 1000,
    start: signalText(bestSignal(path.start, sources), sources),
    end: signalText(bestSignal(path.end, sources), sources),
    memory: path.memory ?? null,
    unread: path.unread ?? null,
    through: [...new Set(through)],
    library: [...libraries],
    source: most?.source ?? null,
    sourceNs: (most?.ps ?? 0) / 1000,
    stageLines: most === undefined ? [...stages.values()] : [],
    steps: steps.map((step) => ({ ...step, cells: cellText(step.cells) })),
  };
}

type ToldStep = Omit<PathStep, 'cells'> & { readonly cells: readonly string[] };

function placesOf(
  step: LocatedStep,
  best: NamedSignal | undefined,
  { verilog }: PathSources,
): readonly SourcePlace[] {
  const file = best?.place === undefined ? undefined : verilog.get(best.place.file);
  const named = best === undefined ? [] : (file?.ofSignal(lastName(best.name)) ?? []);
  const made = step.places.flatMap((place) => verilog.get(place.file)?.ofLine(place.line) ?? []);
  // An operator's own line says more than the stage of the signal that it ends in.
  return [...named.filter((one) => one.exact), ...made, ...named];
}

function sourceLine({ file, line }: SourcePlace, { lineText }: PathSources): SourceLine | null {
  return { file, line, text: (lineText(file, line) ?? '').trim() };
}

/** Of all names for one wire, the one that says most to the kernel's author. */
function bestSignal(
  signals: readonly NamedSignal[],
  { verilog }: PathSources,
): NamedSignal | undefined {
  const score = ({ name, place }: NamedSignal): number => {
    const lines = place === undefined ? undefined : verilog.get(place.file);
    if (lines?.process === undefined) return name.includes('.') ? 0 : 1;
    return lines.ofSignal(lastName(name)).some((one) => one.exact) ? 3 : 2;
  };
  return [...signals].sort((a, b) => score(b) - score(a) || a.name.length - b.name.length)[0];
}

const lastName = (name: string) => name.slice(name.lastIndexOf('.') + 1);

function split(signal: NamedSignal | undefined, { instance }: PathSources) {
  if (signal === undefined) return { instance: instance ?? '', signal: '' };
  const dot = signal.name.indexOf('.');
  const own = `${signal.name}[${signal.bit}]`;
  if (instance !== undefined) return { instance, signal: own };
  return dot < 0
    ? { instance: '', signal: own }
    : { instance: signal.name.slice(0, dot), signal: own.slice(dot + 1) };
}

function signalText(signal: NamedSignal | undefined, sources: PathSources): string {
  if (signal === undefined) return 'a signal without a name';
  const parts = split(signal, sources);
  return parts.instance === '' ? parts.signal : `${parts.instance}.${parts.signal}`;
}

/** `LUT6, 3 CARRY4, LUT3` for cells in a row. */
function cellText(types: readonly string[]): string {
  const runs: { readonly type: string; count: number }[] = [];
  for (const type of types) {
    const last = runs[runs.length - 1];
    if (last?.type === type) last.count += 1;
    else runs.push({ type, count: 1 });
  }
  return runs.map(({ type, count }) => (count === 1 ? type : `${count} ${type}`)).join(', ');
}
