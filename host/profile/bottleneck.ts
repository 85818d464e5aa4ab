import type {
  KernelProfile,
  PortProfile,
  ProcessProfile,
  StreamProfile,
} from './kernel-profile.ts';
import { cyclesInUse, latencyBound, portVerdict } from './port-verdict.ts';

/** What kept the run from being faster. */
export type Bottleneck =
  /** The data channel of a memory is in use whenever it can be: as good as it gets. */
  | {
      readonly kind: 'bandwidth';
      readonly port: PortProfile;
      /** Other memories of which the same is true. */
      readonly others: readonly PortProfile[];
    }
  /** The memory withholds its readys and valids. */
  | { readonly kind: 'stalls'; readonly port: PortProfile }
  /** As many bursts are in flight as may be, and they take long. */
  | { readonly kind: 'latency'; readonly port: PortProfile }
  /** A process that asks a memory only when it has the answer to what it asked before. */
  | { readonly kind: 'round-trip'; readonly port: PortProfile; readonly process: ProcessProfile }
  /** A process that begins a block in nearly every cycle. */
  | { readonly kind: 'work'; readonly process: ProcessProfile }
  /** A process that waits for results of its own. */
  | { readonly kind: 'recurrence'; readonly process: ProcessProfile }
  /** A stream with too few words, and the share of its cycles in which its reader works. */
  | {
      readonly kind: 'stream';
      readonly stream: StreamProfile;
      readonly readerWork: number;
      readonly readerWaits: string | undefined;
    }
  /** Asked for at once, answered a latency later, and then all is done. */
  | { readonly kind: 'short'; readonly port: PortProfile }
  /** None of these. */
  | { readonly kind: 'none'; readonly process: ProcessProfile };

export interface FoundBottleneck {
  readonly bottleneck: Bottleneck;
  /** Who waits for whom, from the process that ends last to the bottleneck. */
  readonly chain: readonly Step[];
}

/** `process` waits for `resource`, which `next` fills or empties (undefined: the memory itself). */
export interface Step {
  readonly process: string;
  readonly kind: string;
  readonly resource: string;
  readonly next: string | undefined;
  /** Downstream: `next` would have to take something for `process` to go on. */
  readonly downstream: boolean;
}

/** From this share of its cycles on a process, or a memory, is what everything waits for. */
const nearlyAlways = 0.85;

/**
 * Names what held up a run. Whoever works in nearly every cycle of it is the bottleneck, and a memory that
 * transfers in each comes before the process that takes its beats. Otherwise from the process that ends
 * last: whom does it mostly wait for, whom does that one wait for, and so on. That ends at a process or a
 * memory that has no excuse, or in a circle; a circle has a stream in it that is full while its reader
 * waits for something else, so that stream is too shallow.
 *
 * @param allowed bursts in flight that the memory allows a port (`--outstanding`).
 */
export function findBottleneck(profile: KernelProfile, allowed: number): FoundBottleneck {
  const { cycles, processes, streams, ports } = profile;
  if (
    [...streams.map(({ words }) => words), ...ports.map(({ beats }) => beats)].every((n) => n === 0)
  ) {
    return { bottleneck: { kind: 'none', process: lastToEnd(processes) }, chain: [] };
  }
  // A port is in use a latency later than the first request, so of a short run not in all cycles.
  const [port, ...others] = ports
    .filter((one) => cyclesInUse(one) >= 0.7 * cycles && useShare(one) >= nearlyAlways)
    .sort((a, b) => useShare(b) - useShare(a));
  if (port !== undefined) return { bottleneck: busyPort(port, others), chain: [] };
  for (const process of [...processes].sort((a, b) => work(b) - work(a))) {
    if (work(process) < nearlyAlways * cycles) continue;
    return { bottleneck: busyProcess(process), chain: [] };
  }
  return new Walk(profile, allowed).run();
}

/** Share of the cycles in which the data channel transfers, or would if the memory did not withhold it. */
function useShare(port: PortProfile): number {
  return (port.beats + port.withheld) / Math.max(1, cyclesInUse(port));
}

function busyPort(port: PortProfile, others: readonly PortProfile[]): Bottleneck {
  if (port.withheld > 0.1 * (port.beats + port.withheld)) return { kind: 'stalls', port };
  return { kind: 'bandwidth', port, others };
}

/** Cycles in which a process begins a block, or cannot for a reason of its own. */
function work({ begins, own }: ProcessProfile): number {
  return begins + own;
}

function busyProcess(process: ProcessProfile): Bottleneck {
  return { kind: process.own > process.begins ? 'recurrence' : 'work', process };
}

/** Of several, the one that stands last in the dataflow. */
function lastToEnd(processes: readonly ProcessProfile[]): ProcessProfile {
  return processes.reduce((last, one) => (one.idle <= last.idle ? one : last));
}

/** Follows the longest wait of a process to the next one. */
class Walk {
  readonly #profile: KernelProfile;
  readonly #allowed: number;
  readonly #chain: Step[] = [];

  constructor(profile: KernelProfile, allowed: number) {
    this.#profile = profile;
    this.#allowed = allowed;
  }

  run(): FoundBottleneck {
    let process = lastToEnd(this.#profile.processes);
    for (;;) {
      const active = this.#profile.cycles - process.idle;
      if (work(process) >= nearlyAlways * active) {
        // Who asks in every cycle, but has asked for all in the first part of the run, holds up nobody.
        const port = active < 0.5 * this.#profile.cycles ? this.#waitedFor() : undefined;
        if (port !== undefined) return this.#end({ kind: 'short', port });
        return this.#end(busyProcess(process));
      }
      const [wait] = process.waits;
      if (wait === undefined || wait.cycles === 0) {
        return this.#end(work(process) > 0 ? busyProcess(process) : { kind: 'none', process });
      }
      const { kind, resource } = wait;
      const stream = this.#profile.streams.find(({ name }) => name === resource);
      if (stream !== undefined) {
        const downstream = kind === 'write';
        const next = this.#process(downstream ? stream.to : stream.from);
        this.#step(process, kind, resource, next, downstream);
        const circle = this.#circle(next);
        if (circle !== undefined) return this.#end(circle);
        process = next;
        continue;
      }
      const port = this.#profile.ports.find(({ memory }) => memory === resource);
      if (port === undefined) return this.#end({ kind: 'none', process });
      const verdict = portVerdict(port, kind, this.#allowed);
      if (verdict.kind !== 'ask') {
        this.#step(process, kind, resource, undefined, false);
        return this.#end(
          verdict.kind === 'bandwidth'
            ? { kind: verdict.kind, port, others: [] }
            : { kind: verdict.kind, port },
        );
      }
      const next = this.#user(resource, verdict.access);
      this.#step(process, kind, resource, next, verdict.downstream);
      if (next === undefined) return this.#end({ kind: 'none', process });
      // Whoever asks has asked for all there is, long before the answers came.
      if (!verdict.downstream && this.#profile.cycles - next.idle < wait.cycles / 2) {
        return this.#end({ kind: latencyBound(port) ? 'latency' : 'short', port });
      }
      const circle = this.#circle(next);
      if (circle !== undefined) return this.#end(circle);
      process = next;
    }
  }

  /** The memory that the last step of the chain waits for. */
  #waitedFor(): PortProfile | undefined {
    const last = this.#chain.at(-1);
    return last?.downstream === false
      ? this.#profile.ports.find(({ memory }) => memory === last.resource)
      : undefined;
  }

  #end(bottleneck: Bottleneck): FoundBottleneck {
    return { bottleneck, chain: this.#chain };
  }

  #step(
    process: ProcessProfile,
    kind: string,
    resource: string,
    next: ProcessProfile | undefined,
    downstream: boolean,
  ): void {
    this.#chain.push({ process: process.name, kind, resource, next: next?.name, downstream });
  }

  #process(name: string): ProcessProfile {
    const found = this.#profile.processes.find((one) => one.name === name);
    if (found === undefined) throw new Error(`the profile lacks process ${name}`);
    return found;
  }

  /** The process that does `access` at a memory. */
  #user(memory: string, access: string): ProcessProfile | undefined {
    return this.#profile.processes.find(({ waits }) =>
      waits.some(({ kind, resource }) => kind === access && resource === memory),
    );
  }

  /** What a chain that comes back to `process` means; undefined where it does not. */
  #circle(process: ProcessProfile): Bottleneck | undefined {
    const from = this.#chain.findIndex((step) => step.process === process.name);
    if (from < 0) return undefined;
    const circle = this.#chain.slice(from);
    const full = circle
      .filter(({ kind }) => kind === 'write')
      .map(({ resource }) => this.#profile.streams.find(({ name }) => name === resource))
      .filter((stream) => stream !== undefined)
      .sort((a, b) => b.full - a.full);
    const [stream] = full;
    if (stream !== undefined) {
      const reader = this.#process(stream.to);
      const active = Math.max(1, this.#profile.cycles - reader.idle);
      const other = reader.waits.find(({ resource }) => resource !== stream.name);
      return {
        kind: 'stream',
        stream,
        readerWork: work(reader) / active,
        readerWaits: other === undefined || other.cycles === 0 ? undefined : other.resource,
      };
    }
    for (const { resource, next } of circle) {
      const port = this.#profile.ports.find(({ memory }) => memory === resource);
      if (port === undefined || next === undefined) continue;
      return { kind: 'round-trip', port, process: this.#process(next) };
    }
    return { kind: 'none', process };
  }
}
