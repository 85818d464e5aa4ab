import type { Manifest, ManifestMemory } from '../../codegen/package/manifest.ts';
import type { PortCycles, ProcessActivity, SimulationProfile } from '../../sim/index.ts';

/** What one process spent the cycles of a run on. busy to idle add up to the cycles of the run. */
export interface ProcessProfile {
  readonly name: string;
  readonly source: { readonly file: string; readonly line: number };
  /** Cycles in which a block of the source (an iteration of a loop, say) began: one a cycle at best. */
  readonly begins: number;
  /** A block began; or older ones moved on while the next one waited for its input. */
  readonly busy: number;
  /** The oldest block that waits does so for a stream that is empty, … */
  readonly input: number;
  /** … for one that is full, … */
  readonly output: number;
  /** … or for a memory: for a beat, a response, or room for a request or a beat. */
  readonly memory: number;
  /** No block began since the process had to wait for the result of an older one (its II). */
  readonly own: number;
  /** Before its first block, and after its last. */
  readonly idle: number;
  /**
   * Cycles in which no block began, by what the oldest waiting block waited for; older ones may have moved
   * on meanwhile. Most first.
   */
  readonly waits: readonly Wait[];
  /** By bin of the timeline: idle, busy, input, output, memory, own. */
  readonly bins: readonly (readonly number[])[];
}

export interface Wait {
  readonly kind: 'read' | 'write' | 'request' | 'receive' | 'send' | 'response';
  /** Stream or memory. */
  readonly resource: string;
  readonly cycles: number;
}

export interface StreamProfile {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly depth: number;
  readonly source: { readonly file: string; readonly line: number };
  readonly words: number;
  /** Cycles. */
  readonly full: number;
  readonly empty: number;
  /** Words that it held. */
  readonly heldMean: number;
  readonly heldMost: number;
}

/** What the AXI port of a memory did; see `PortCycles` of sim for the states of its data channel. */
export interface PortProfile extends Omit<PortCycles, 'inFlightSum'> {
  /** The kernel's argument. */
  readonly memory: string;
  readonly direction: 'read' | 'write';
  /** Bursts that the kernel can keep in flight; the memory may allow fewer. */
  readonly slots: number;
  readonly inFlightMean: number;
}

/** A run's cycles by process, stream and memory. */
export interface KernelProfile {
  readonly kernel: string;
  readonly cycles: number;
  /** Cycles of a bin. */
  readonly binCycles: number;
  readonly processes: readonly ProcessProfile[];
  readonly streams: readonly StreamProfile[];
  readonly ports: readonly PortProfile[];
}

/** What the simulator counted, with the names and places of the manifest. */
export function kernelProfile(manifest: Manifest, counted: SimulationProfile): KernelProfile {
  const { cycles, binCycles } = counted;
  return {
    kernel: manifest.kernel,
    cycles,
    binCycles,
    processes: manifest.processes.map(({ name, source }) => ({
      name,
      source,
      ...states(named(counted.processes, name)),
    })),
    streams: manifest.streams.map(({ name, from, to, depth, source }) => {
      const { words, full, empty, heldSum, heldMost } = named(counted.streams, name);
      const heldMean = cycles === 0 ? 0 : heldSum / cycles;
      return { name, from, to, depth, source, words, full, empty, heldMean, heldMost };
    }),
    ports: manifest.ports.map(({ name, direction, outstanding }) => {
      const { inFlightSum, ...rest } = named(counted.ports, name);
      const inFlightMean = cycles === 0 ? 0 : inFlightSum / cycles;
      const memory = memoryOf(manifest, name);
      return { ...rest, memory, direction, slots: outstanding, inFlightMean };
    }),
  };
}

function named<One extends { readonly name: string }>(all: readonly One[], name: string): One {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the profile lacks ${name}`);
  return found;
}

function memoryOf(manifest: Manifest, port: string): string {
  const found = manifest.arguments.find(
    (one): one is ManifestMemory => one.kind === 'memory' && one.port === port,
  );
  return found?.name ?? port;
}

function states(activity: ProcessActivity): Omit<ProcessProfile, 'name' | 'source'> {
  const { begins, drained, bins } = activity;
  let { own } = activity;
  const sums = { input: 0, output: 0, memory: 0 };
  let hidden = 0;
  const waits: Wait[] = [];
  for (const wait of activity.waits) {
    const { kind, resource } = wait;
    const total = wait.alone + wait.hidden;
    if (kind === 'own') {
      own += total;
      continue;
    }
    hidden += wait.hidden;
    sums[kind === 'read' ? 'input' : kind === 'write' ? 'output' : 'memory'] += wait.alone;
    waits.push({ kind, resource, cycles: total });
  }
  return {
    begins,
    busy: begins + drained + hidden,
    ...sums,
    own,
    idle: activity.idleBefore + activity.idleAfter,
    waits: waits.sort((a, b) => b.cycles - a.cycles),
    bins,
  };
}
