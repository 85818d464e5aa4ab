import { renderTemplate } from '../../codegen/support/render-template.ts';
import { percent } from './bottleneck-sentence.ts';
import type { ProfileResult } from './profile-kernel.ts';

/** A state as it is drawn: its place in a bin's list, and its colour (Okabe and Ito's, apart for all eyes). */
interface DrawnState {
  readonly index: number;
  readonly label: string;
  readonly colour: string;
}

/** From the bottom of a lane upwards; what is idle or quiet is left empty. */
const processStates: readonly DrawnState[] = [
  { index: 1, label: 'busy', colour: '#009e73' },
  { index: 5, label: 'own recurrence', colour: '#cc79a7' },
  { index: 4, label: 'waiting for memory', colour: '#d55e00' },
  { index: 2, label: 'waiting for input', colour: '#56b4e9' },
  { index: 3, label: 'blocked on output', colour: '#e69f00' },
];
const portStates: readonly DrawnState[] = [
  { index: 1, label: 'moves a beat', colour: '#009e73' },
  { index: 2, label: 'withheld by the memory', colour: '#cc79a7' },
  { index: 4, label: 'latency', colour: '#d55e00' },
  { index: 3, label: 'the kernel is not ready', colour: '#e69f00' },
];

const width = 1120;
const left = 170;
const right = 20;
const laneHeight = 20;
const laneStep = 26;
const characters = 150;

interface Lane {
  readonly name: string;
  /** What the lane sums up to, for a pointer that rests on it. */
  readonly summary: string;
  readonly bins: readonly (readonly number[])[];
  readonly states: readonly DrawnState[];
}

/**
 * The timeline of a profile as one SVG: a lane a process in dataflow order, then a lane a memory; the
 * height of a colour is its state's share of the bin. Drawn without a library: those that draw on a server
 * bring a DOM or some 20 MB along, for rectangles in rows.
 */
export function timelineSvg(result: ProfileResult): string {
  const { profile, cosim, bottleneck } = result;
  const { kernel, cycles, binCycles } = profile;
  const processes: readonly Lane[] = profile.processes.map(({ name, bins, ...rest }) => ({
    name,
    summary: `${name}: busy ${percent(rest.busy, cycles)}, waiting for input ${percent(rest.input, cycles)}, blocked on output ${percent(rest.output, cycles)}, waiting for memory ${percent(rest.memory, cycles)}, own recurrence ${percent(rest.own, cycles)}, idle ${percent(rest.idle, cycles)}`,
    bins,
    states: processStates,
  }));
  const ports: readonly Lane[] = profile.ports.map(({ memory, bins, beats, inFlightMean }) => ({
    name: memory,
    summary: `${memory}: a beat in ${percent(beats, cycles)} of the cycles, ${inFlightMean.toFixed(1)} bursts in flight`,
    bins,
    states: portStates,
  }));
  const settings = Object.entries(cosim.parameters).map(([name, value]) => `${name}=${value}`);
  const { latency, outstanding, stall } = cosim.memory;
  const said = bottleneck === null ? wrong(cosim.different) : bottleneck.sentence;
  const lines = wrapped(said.replaceAll('`', ''), characters);
  const top = 62 + 16 * lines.length;
  const scale = (width - left - right) / Math.max(1, cycles);
  const draw = (lanes: readonly Lane[], from: number) =>
    lanes.map((lane, at) =>
      drawn(lane, from + at * laneStep, scale * binCycles, cycles / binCycles),
    );
  const portsTop = top + processes.length * laneStep + 22;
  const bottom = portsTop + ports.length * laneStep;
  return renderTemplate(
    'host/profile/templates/timeline.svg.hbs',
    {
      width,
      height: bottom + 84,
      middle: (width - right + left) / 2,
      title: `${kernel}: ${cycles} cycles`,
      subtitle: `${settings.length === 0 ? '' : `${settings.join(', ')}; `}size ${cosim.size}, seed ${cosim.seed}; memory: latency ${latency}, outstanding ${outstanding}, stall ${stall}`,
      lines: lines.map((text, at) => ({ text, y: 60 + 16 * at })),
      processes: draw(processes, top),
      ports: draw(ports, portsTop),
      portsHead: portsTop - 8,
      left,
      end: width - right,
      bottom,
      axis: bottom + 34,
      ticks: ticks(cycles).map((cycle) => ({
        x: round(left + cycle * scale),
        text: cycle.toLocaleString('en'),
        label: bottom + 17,
        top,
      })),
      legends: [legend(processStates, bottom + 48), legend(portStates, bottom + 66)].flat(),
    },
    'xml',
  );
}

function wrong(different: number): string {
  return `The Verilog gives ${different} wrong words: this is the timeline of a wrong run.`;
}

/** A lane's rectangles, those of one state as one path; neighbours of equal height are one. */
function drawn(lane: Lane, y: number, binWidth: number, bins: number) {
  let below = lane.bins.map(() => 0);
  const paths = lane.states.map(({ index, colour }) => {
    const rectangles: { x: number; y: number; width: number; height: number }[] = [];
    const heights = lane.bins.map((bin) => {
      const all = bin.reduce((sum, one) => sum + one, 0);
      return all === 0 ? 0 : quarter((bin[index] / all) * laneHeight);
    });
    heights.forEach((height, bin) => {
      const last = rectangles.at(-1);
      const at = round(y + laneHeight - below[bin] - height);
      const x = round(left + bin * binWidth);
      // The last bin may cover fewer cycles.
      const wide = round(left + Math.min(bin + 1, bins) * binWidth) - x;
      if (round(height) === 0 || wide <= 0) return;
      if (last?.y === at && last.height === round(height) && round(last.x + last.width) === x) {
        last.width = round(last.width + wide);
      } else {
        rectangles.push({ x, y: at, width: round(wide), height: round(height) });
      }
    });
    below = below.map((sum, bin) => sum + heights[bin]);
    const path = rectangles.map(
      (one) => `M${one.x} ${one.y}h${one.width}v${one.height}h${-one.width}z`,
    );
    return { colour, path: path.join('') };
  });
  return {
    name: lane.name,
    summary: lane.summary,
    y,
    height: laneHeight,
    width: width - left - right,
    text: y + laneHeight - 5,
    paths: paths.filter(({ path }) => path !== ''),
  };
}

function legend(states: readonly DrawnState[], y: number) {
  return states.map(({ label, colour }, at) => ({
    x: left + at * 180,
    text: left + at * 180 + 18,
    y,
    baseline: y + 11,
    label,
    colour,
  }));
}

/** About ten round cycle numbers from 0 on. */
function ticks(cycles: number): readonly number[] {
  const rough = Math.max(1, cycles / 10);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(cycles / step) + 1 }, (_, at) => at * step);
}

function wrapped(text: string, length: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < length) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** In steps that the eye can tell apart, so that more neighbours are equal. */
function quarter(value: number): number {
  return Math.round(value * 4) / 4;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
