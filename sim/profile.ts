/**
 * What a run spent its cycles on, as the model counts it (sim/cpp/profile.hpp). All numbers are clock
 * cycles from the one after the start to the one in which the kernel is done, unless they say otherwise.
 */
export interface SimulationProfile {
  readonly cycles: number;
  /** Cycles that a bin of a timeline covers; the last bin may be shorter. */
  readonly binCycles: number;
  /** In dataflow order. */
  readonly processes: readonly ProcessActivity[];
  readonly streams: readonly StreamActivity[];
  /** In the manifest's order. */
  readonly ports: readonly PortCycles[];
}

export const accessKinds = ['read', 'write', 'request', 'receive', 'send', 'response'] as const;

export interface ProcessActivity {
  readonly name: string;
  /** Cycles in which a block of the source entered the pipeline, one a cycle at most. */
  readonly begins: number;
  /** Behind the last block, while the pipeline drains. */
  readonly drained: number;
  /** No block begins since the process has yet to compute which one it is. */
  readonly own: number;
  readonly idleBefore: number;
  readonly idleAfter: number;
  /** Each cycle in which no block begins counts for one of these: what its oldest waiting block waits for. */
  readonly waits: readonly ProcessWait[];
  /** By bin: idle, busy, waiting for input, blocked on output, waiting for memory, own recurrence. */
  readonly bins: readonly (readonly number[])[];
}

export interface ProcessWait {
  /** `own`: an older block of the same process; `resource` is the number of the stage. */
  readonly kind: (typeof accessKinds)[number] | 'own';
  /** Stream or memory. */
  readonly resource: string;
  readonly alone: number;
  /** Of a wait for input (read, receive, response): older blocks moved on meanwhile. */
  readonly hidden: number;
}

export interface StreamActivity {
  readonly name: string;
  /** Words that went through. */
  readonly words: number;
  readonly full: number;
  readonly empty: number;
  /** Words that it held, summed over all cycles. */
  readonly heldSum: number;
  readonly heldMost: number;
}

export interface PortCycles {
  readonly name: string;
  /** Handshakes of AR or AW. */
  readonly addresses: number;
  /** An address waits although the memory has a slot for it. */
  readonly addressesWithheld: number;
  /** All slots are in use: the memory's `outstanding`, or the kernel's own. */
  readonly limited: number;
  /** Handshakes of B. */
  readonly responses: number;
  /** Bursts in flight, summed over all cycles. */
  readonly inFlightSum: number;
  readonly inFlightMost: number;
  /** Before its first address, and behind its last beat or response. */
  readonly unusedBefore: number;
  readonly unusedAfter: number;
  /** The data channel, R or W, is in one of five states. Nothing is in flight: */
  readonly quiet: number;
  /** A beat is transferred: */
  readonly beats: number;
  /** The memory could transfer one, and withholds its valid or ready: */
  readonly withheld: number;
  /** The kernel does not take the beat that is shown, or owes one of a burst that it has announced: */
  readonly notReady: number;
  /** Bursts are in flight, none is due: */
  readonly latency: number;
  /** By bin: these five in this order. */
  readonly bins: readonly (readonly number[])[];
}

/** @param text what `tw_profile` gives; empty where the model counts nothing. */
export function parseProfile(text: string): SimulationProfile | undefined {
  return text === '' ? undefined : (JSON.parse(text) as SimulationProfile);
}
