/** One cell of a path: its output settles `ps` after the clock edge; `net` is what drives its input. */
export interface StaStep {
  readonly ps: number;
  readonly cell: string;
  readonly type: string;
  readonly from: string;
  /** Missing at the end of the path, where the signal is not passed on. */
  readonly to?: string;
  readonly net?: StaNet;
}

/** A bit of a signal under the name that Yosys prints, without the backslash of public names. */
export interface StaNet {
  readonly name: string;
  readonly bit: number;
}

/** The slowest path of one module. */
export interface StaPath {
  readonly module: string;
  /** Arrival at the end, in picoseconds. */
  readonly ps: number;
  /** From the start of the path to its end. */
  readonly steps: readonly StaStep[];
  /** Signal that the path ends in, where that is an output port or the input of a cell without delays. */
  readonly output?: StaNet;
  /** False where `output` is a port of the module. */
  readonly inside?: boolean;
  /** Input port of the module that the path begins at, other than a clock. */
  readonly input?: StaNet;
}

const heading = /^Latest arrival time in '(.*)' is (\d+):$/;
const cellLine = /^\s+(\d+) (\S.*) \((\w+)\.([^()>]+?)(?:->([^()]+))?\)$/;
const portLine = /^\s+\d+ {1,3}(\S.*) \(<primary (input|output)>\)$/;
const netLine = /^ {11}(\S.*)$/;

function netOf(text: string): StaNet {
  const match = /^(.*?) \[(\d+)\]$/.exec(text);
  const name = (match?.[1] ?? text).replace(/^\\/, '');
  return { name, bit: match === null ? 0 : Number(match[2]) };
}

/**
 * What `sta` of Yosys prints: of each module its slowest path, which Yosys tells from the end to the
 * start. Modules without a path (no cell with delays) are left out.
 */
export function parseSta(text: string): readonly StaPath[] {
  const paths: StaPath[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const found = heading.exec(lines[at]);
    if (found === null) continue;
    const steps: StaStep[] = [];
    let input: StaNet | undefined;
    let output: StaNet | undefined;
    let inside = false;
    for (at += 1; at < lines.length && lines[at].trim() !== ''; at++) {
      const cell = cellLine.exec(lines[at]);
      const port = portLine.exec(lines[at]);
      const net = netLine.exec(lines[at]);
      if (cell !== null) {
        const [, ps, name, type, from, to] = cell;
        steps.push({ ps: Number(ps), cell: name, type, from, ...(to === undefined ? {} : { to }) });
      } else if (port !== null) {
        if (port[2] === 'input') input = netOf(port[1]);
        else output = netOf(port[1]);
      } else if (net !== null) {
        const reached = steps.pop();
        if (reached === undefined) {
          inside ||= output === undefined;
          output ??= netOf(net[1]);
        } else steps.push({ ...reached, net: netOf(net[1]) });
      }
    }
    // A register's clock is where its path begins, not a signal of the path.
    const first = steps[steps.length - 1];
    const clocked = first !== undefined && /^(C|CLK|CLKARDCLK|WCLK)$/.test(first.from);
    paths.push({
      module: found[1],
      ps: Number(found[2]),
      steps: steps.reverse(),
      ...(output === undefined ? {} : { output, inside }),
      ...(input === undefined || clocked ? {} : { input }),
    });
  }
  return paths;
}
