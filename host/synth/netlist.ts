import { TilewrightError } from '../../codegen/support/errors.ts';
import type { CellCounts } from './resources.ts';

interface Attributes {
  readonly src?: string;
}

interface RawCell {
  readonly type: string;
  readonly attributes: Attributes;
  readonly connections: Readonly<Record<string, readonly (number | string)[]>>;
}

interface RawNet {
  readonly bits: readonly (number | string)[];
  readonly attributes: Attributes;
}

interface RawModule {
  readonly cells: Readonly<Record<string, RawCell>>;
  readonly netnames: Readonly<Record<string, RawNet>>;
}

/** A place in a Verilog file. */
export interface VerilogPlace {
  readonly file: string;
  readonly line: number;
}

/** A signal by a name of the Verilog text, with the place of its declaration. */
export interface NamedSignal {
  readonly name: string;
  readonly bit: number;
  readonly place?: VerilogPlace;
}

/** What Yosys made of a design, as its `json` command writes it. */
export class Netlist {
  private readonly modules: Readonly<Record<string, RawModule>>;
  private readonly indexes = new Map<string, ReadonlyMap<number | string, NamedSignal[]>>();

  /** @throws TilewrightError `SYNTH_OUTPUT` when the text is no netlist. */
  constructor(text: string) {
    const parsed = parseOutput(text, 'netlist') as { readonly modules?: unknown };
    if (typeof parsed.modules !== 'object' || parsed.modules === null) {
      throw unreadable('netlist', 'it has no modules');
    }
    this.modules = parsed.modules as Readonly<Record<string, RawModule>>;
  }

  /** Cells of a module that are instances of modules in `known`: name and module. */
  instances(
    module: string,
    known: ReadonlySet<string>,
  ): readonly { readonly name: string; readonly module: string }[] {
    const cells = Object.entries(this.modules[module]?.cells ?? {});
    return cells
      .filter(([, { type }]) => known.has(type))
      .map(([name, { type }]) => ({ name, module: type }));
  }

  /** Names of the Verilog text for the signal that Yosys calls `name[bit]`. */
  namesOf(module: string, name: string, bit: number): readonly NamedSignal[] {
    const net = this.modules[module]?.netnames[name];
    const id = net?.bits[bit];
    return id === undefined || typeof id === 'string' ? [] : (this.index(module).get(id) ?? []);
  }

  /** Names of the Verilog text for what a cell drives at `port`. */
  drivenBy(module: string, cell: string, port: string): readonly NamedSignal[] {
    const bits = this.modules[module]?.cells[cell]?.connections[port] ?? [];
    const index = this.index(module);
    return bits.flatMap((bit) => index.get(bit) ?? []);
  }

  /** Types of the cells, other than its `driver`, that the signal `name[bit]` goes to. */
  readersOf(module: string, name: string, bit: number, driver: string): readonly string[] {
    const { cells = {}, netnames = {} } = this.modules[module] ?? {};
    const id = netnames[name]?.bits[bit];
    if (id === undefined) return [];
    const reading = Object.entries(cells).filter(
      ([cell, { connections }]) =>
        cell !== driver && Object.values(connections).some((bits) => bits.includes(id)),
    );
    return [...new Set(reading.map(([, { type }]) => type))];
  }

  /** Lines of the Verilog text that a cell was made of; a LUT has none. */
  placesOf(module: string, cell: string): readonly VerilogPlace[] {
    return placesIn(this.modules[module]?.cells[cell]?.attributes.src ?? '');
  }

  private index(module: string): ReadonlyMap<number | string, NamedSignal[]> {
    const known = this.indexes.get(module);
    if (known !== undefined) return known;
    const index = new Map<number | string, NamedSignal[]>();
    for (const [name, { bits, attributes }] of Object.entries(
      this.modules[module]?.netnames ?? {},
    )) {
      if (name.includes('$')) continue;
      const place = placesIn(attributes.src ?? '').pop();
      bits.forEach((id, bit) => {
        const signal = { name, bit, ...(place === undefined ? {} : { place }) };
        const others = index.get(id);
        if (others === undefined) index.set(id, [signal]);
        else others.push(signal);
      });
    }
    this.indexes.set(module, index);
    return index;
  }
}

/**
 * Places in an attribute `src`, e.g. `top.v:238.4-249.6|a.v:3.19-3.27|/usr/share/yosys/xilinx/ff_map.v:68.41`:
 * first the instances that were flattened, then the design's own line, then what the family's library
 * made of it.
 */
function placesIn(src: string): VerilogPlace[] {
  return src.split('|').flatMap((one) => {
    const match = /^([^/\\]+\.v):(\d+)\./.exec(one);
    return match === null ? [] : [{ file: match[1], line: Number(match[2]) }];
  });
}

/**
 * The place in a name that Yosys made up, e.g. `$flatten\divide.$add$divide.v:55$353_Y`. A LUT keeps no
 * attribute, but often the name of the operator that it computes.
 */
export function placeInName(name: string): VerilogPlace | undefined {
  const match = /\$([A-Za-z_]\w*\.v):(\d+)\$/.exec(name);
  return match === null ? undefined : { file: match[1], line: Number(match[2]) };
}

/**
 * Cells of each module, by type, as `stat -json` counts them; instances of kept modules are cells too.
 * @throws TilewrightError `SYNTH_OUTPUT` when the text is no statistics.
 */
export function parseStat(text: string): ReadonlyMap<string, CellCounts> {
  const parsed = parseOutput(text, 'statistics') as { readonly modules?: unknown };
  if (typeof parsed.modules !== 'object' || parsed.modules === null) {
    throw unreadable('statistics', 'it has no modules');
  }
  const modules = Object.entries(parsed.modules as Record<string, Record<string, unknown>>);
  return new Map(
    modules.map(([name, module]) => {
      const counts = module['num_cells_by_type'] ?? {};
      return [plainName(name), plainNames(counts as CellCounts)] as const;
    }),
  );
}

/** Without the backslash that marks a name of the Verilog text. */
const plainName = (name: string) => name.replace(/^\\/, '');

function plainNames(counts: CellCounts): CellCounts {
  return Object.fromEntries(Object.entries(counts).map(([type, n]) => [plainName(type), n]));
}

function parseOutput(text: string, what: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  throw unreadable(what, text.trim() === '' ? 'it is empty' : 'it is no JSON');
}

function unreadable(what: string, why: string): TilewrightError {
  return new TilewrightError(`the ${what} that Yosys wrote cannot be read: ${why}`, {
    code: 'SYNTH_OUTPUT',
    hint: 'Yosys 0.23 is known to work: `tilewright doctor` tells which one runs here.',
  });
}
