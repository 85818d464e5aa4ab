import type { MemoryModel } from '../../sim/index.ts';
import type { FoundBottleneck, Step } from './bottleneck.ts';
import type {
  KernelProfile,
  PortProfile,
  ProcessProfile,
  StreamProfile,
} from './kernel-profile.ts';
import { cyclesInUse } from './port-verdict.ts';

/** What a bottleneck is, in words: a sentence, and what to do about it. */
export interface BottleneckReport {
  readonly kind: FoundBottleneck['bottleneck']['kind'];
  /** The process, stream or memory at fault. */
  readonly name: string;
  readonly sentence: string;
  readonly advice: string;
  /** Who waits for whom, one step a line. */
  readonly chain: readonly string[];
}

export type MemorySettings = Pick<MemoryModel, 'latency' | 'outstanding' | 'stall'>;

export function describeBottleneck(
  found: FoundBottleneck,
  profile: KernelProfile,
  memory: MemorySettings,
): BottleneckReport {
  const { kind } = found.bottleneck;
  const chain = found.chain.map(stepText);
  return { kind, ...text(found, profile, memory), chain };
}

type Text = Pick<BottleneckReport, 'name' | 'sentence' | 'advice'>;

function text(
  { bottleneck }: FoundBottleneck,
  profile: KernelProfile,
  memory: MemorySettings,
): Text {
  switch (bottleneck.kind) {
    case 'bandwidth':
      return bandwidth(bottleneck.port, bottleneck.others);
    case 'stalls':
      return stalls(bottleneck.port, memory);
    case 'latency':
      return latency(bottleneck.port, memory);
    case 'round-trip':
      return roundTrip(bottleneck.port, bottleneck.process, memory);
    case 'short':
      return short(bottleneck.port, profile, memory);
    case 'work':
    case 'recurrence':
      return process(bottleneck.process, profile);
    case 'stream':
      return stream(bottleneck.stream, bottleneck.readerWork, bottleneck.readerWaits, profile);
    case 'none':
      return none(bottleneck.process, profile);
  }
}

function bandwidth(port: PortProfile, others: readonly PortProfile[]): Text {
  const used = cyclesInUse(port);
  const what =
    port.beats + port.withheld >= port.addresses
      ? `moves a beat in ${percent(port.beats, used)}`
      : `takes an address in ${percent(port.addresses, used)}`;
  const too = new Intl.ListFormat('en').format(others.map(({ memory }) => `\`${memory}\``));
  return {
    name: port.memory,
    sentence:
      `The bottleneck is the bandwidth of the memory \`${port.memory}\`, which ${what} of the cycles ` +
      `that it is in use${too === '' ? '' : ` (${too} as well)`}.`,
    advice:
      'That is as good as one port gets. Fewer bytes, or the data spread over more memories, would be ' +
      'faster.',
  };
}

function stalls(port: PortProfile, { stall }: MemorySettings): Text {
  const used = cyclesInUse(port);
  const setting = stall === 0 ? '' : `; --stall ${stall}`;
  return {
    name: port.memory,
    sentence:
      `The bottleneck is the memory \`${port.memory}\`, which withholds beats that it could move in ` +
      `${percent(port.withheld, used)} of the cycles (it moves one in ${percent(port.beats, used)}${setting}).`,
    advice:
      'The kernel takes what the memory gives: only a memory that stalls less would be faster.',
  };
}

function latency(port: PortProfile, memory: MemorySettings): Text {
  const used = cyclesInUse(port);
  const limit = Math.min(memory.outstanding, port.slots);
  const burst = port.addresses === 0 ? 0 : port.beats / port.addresses;
  const own = port.slots < memory.outstanding;
  const more = own
    ? `more of them (${port.direction}Memory(…, { outstanding: ${2 * port.slots} }))`
    : `a memory that allows more of them (--outstanding)`;
  return {
    name: port.memory,
    sentence:
      `The bottleneck is the latency of the memory \`${port.memory}\`, ${memory.latency} cycles: all ` +
      `${limit} bursts that ${own ? 'the kernel' : 'it'} can have in flight are in use in ` +
      `${percent(port.limited, used)} of the cycles, and a beat moves in ${percent(port.beats, used)}.`,
    advice: `Take ${more}, or longer bursts (${burst.toFixed(1)} beats now).`,
  };
}

function roundTrip(
  port: PortProfile,
  { name, source }: ProcessProfile,
  memory: MemorySettings,
): Text {
  return {
    name,
    sentence:
      `The bottleneck is that the process \`${name}\` (${place(source)}) asks the memory ` +
      `\`${port.memory}\` again only after an answer: ${port.inFlightMean.toFixed(1)} bursts are in ` +
      `flight on average, each of ${memory.latency} cycles.`,
    advice: 'Ask in a process of its own that does not wait for what is received.',
  };
}

function short(port: PortProfile, { cycles }: KernelProfile, { latency }: MemorySettings): Text {
  return {
    name: port.memory,
    sentence:
      `The bottleneck is the latency of the memory \`${port.memory}\`, ${latency} cycles: it is asked for ` +
      `everything at once, and the run of ${cycles} cycles is over when the answers are in.`,
    advice: 'A larger --size shows what the kernel does in the long run.',
  };
}

function process(one: ProcessProfile, { cycles }: KernelProfile): Text {
  const { name, source, begins, own } = one;
  const active = cycles - one.idle;
  const at = `\`${name}\` (${place(source)})`;
  const ran = active >= 0.9 * cycles ? 'cycles' : `${active} cycles that it runs (of ${cycles})`;
  if (own <= begins) {
    return {
      name,
      sentence:
        `The bottleneck is the process ${at}: it begins a block in ${percent(begins, active)} of the ` +
        `${ran}, and one a cycle is all it can.`,
      advice:
        'Let it do more in each iteration (lanes, unroll()), or share its work out to several processes.',
    };
  }
  return {
    name,
    sentence:
      `The bottleneck is the process ${at}: it begins a block only every ` +
      `${(active / Math.max(1, begins)).toFixed(1)} cycles, and waits for its own earlier blocks in ` +
      `${percent(own, active)} of them.`,
    advice:
      '`tilewright generate --explain` shows the interval of each loop: shorten what one ' +
      'iteration hands to the next.',
  };
}

function stream(
  { name, depth, source, full, from, to }: StreamProfile,
  readerWork: number,
  readerWaits: string | undefined,
  { cycles }: KernelProfile,
): Text {
  const waits = readerWaits === undefined ? '' : ` while \`${to}\` waits for \`${readerWaits}\``;
  // By Little's law: what passes in the same time grows with what the stream holds.
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(2, depth / Math.max(readerWork, 0.005))));
  return {
    name,
    sentence:
      `The bottleneck is the stream \`${name}\` (depth ${depth}, ${place(source)}): it is full in ` +
      `${percent(full, cycles)} of the cycles, and \`${from}\` cannot go on${waits}.`,
    advice: `Give it more depth, e.g. { depth: ${wanted} }.`,
  };
}

function none(process: ProcessProfile, { cycles, streams, ports }: KernelProfile): Text {
  if (streams.every(({ words }) => words === 0) && ports.every(({ beats }) => beats === 0)) {
    return {
      name: process.name,
      sentence: `No bottleneck: in the ${cycles} cycles of this run no stream and no memory moved a word.`,
      advice: 'A larger --size gives the kernel something to do.',
    };
  }
  const active = cycles - process.idle;
  const [wait] = process.waits;
  const waits =
    wait === undefined
      ? ''
      : `, and waits for \`${wait.resource}\` in ${percent(wait.cycles, active)}`;
  return {
    name: process.name,
    sentence:
      `No single bottleneck stands out: the process \`${process.name}\` begins a block in ` +
      `${percent(process.begins, active)} of its cycles${waits}.`,
    advice: 'A larger --size may show more.',
  };
}

function stepText({ process, kind, resource, next, downstream }: Step): string {
  const what: Readonly<Record<string, string>> = {
    read: `waits for input from \`${resource}\``,
    write: `is blocked on \`${resource}\`, which is full`,
    request: `waits to ask the memory \`${resource}\``,
    receive: `waits for beats of the memory \`${resource}\``,
    send: `waits to send beats to the memory \`${resource}\``,
    response: `waits for the memory \`${resource}\` to confirm`,
  };
  const does = downstream
    ? `\`${next}\` takes too little`
    : kind === 'read'
      ? `\`${next}\` gives too little`
      : `\`${next}\` asks or sends too little`;
  return `\`${process}\` ${what[kind] ?? kind}${next === undefined ? '' : `: ${does}`}`;
}

function place({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`;
}

/** `93 %`, of nothing 0 %; small shares with a digit more. */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return `${share > 0 && share < 9.95 ? share.toFixed(1) : Math.round(share)} %`;
}
