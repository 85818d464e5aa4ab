import type { Manifest, ManifestStream } from '../codegen/package/manifest.ts';
import { namePort } from './name-port.ts';
import type { ToldState, ToldWait } from './told-state.ts';

/** What a person reads of a kernel that does not go on: what is the matter, and what to do. */
export interface StuckReport {
  readonly text: string;
  readonly hint: string;
}

const traceHint = 'look at its signals with tilewright cosim --trace FILE.fst';

/** A process that waits for another one. */
interface Edge extends ToldWait {
  /** Undefined where no process can end the wait. */
  readonly to: string | undefined;
  /** `to write stream s, which is full (depth 4), until join reads it`. */
  readonly what: string;
  /** What is wrong where `to` is done. */
  readonly lacking: string;
  /** The stream that is full. */
  readonly full?: ManifestStream;
}

function edgeOf(manifest: Manifest, state: ToldState, wait: ToldWait): Edge {
  const { kind, resource, process } = wait;
  if (kind === 'read' || kind === 'write') {
    const stream = manifest.streams.find(({ name }) => name === resource);
    const [to, from] = [stream?.to, stream?.from];
    return kind === 'read'
      ? {
          ...wait,
          to: from,
          what: `to read stream ${resource}, which is empty, until ${from} writes it`,
          lacking: `${from} writes fewer elements to stream ${resource} than ${process} reads`,
        }
      : {
          ...wait,
          to,
          what: `to write stream ${resource}, which is full (depth ${stream?.depth}), until ${to} reads it`,
          lacking: `${to} reads fewer elements of stream ${resource} than ${process} writes`,
          ...(stream === undefined ? {} : { full: stream }),
        };
  }
  const argument = manifest.arguments.find((one) => one.name === resource);
  const name = argument?.kind === 'memory' ? argument.port : '';
  const users = manifest.ports.find((one) => one.name === name)?.users ?? {};
  const port = state.ports.find((one) => one.name === name);
  const memory = `memory ${resource}`;
  const edge = (to: string | undefined, what: string, lacking: string): Edge => {
    return { ...wait, to, what, lacking };
  };
  switch (kind) {
    case 'receive':
      return edge(
        users.request,
        `to receive a beat of ${memory}, of which none is asked for, until ${users.request} requests it`,
        `${users.request} requests fewer beats of ${memory} than ${process} receives`,
      );
    case 'send':
      return edge(
        users.request,
        `to send a beat of ${memory}, whose queue is full, until ${users.request} requests its write`,
        `${users.request} requests fewer beats of ${memory} than ${process} sends`,
      );
    case 'response':
      return port?.owes === true
        ? edge(
            users.send,
            `for a response of ${memory}, until ${users.send} sends the data of the burst`,
            `${users.send} sends fewer beats of ${memory} than are requested`,
          )
        : edge(
            users.request,
            `for a response of ${memory}, which has nothing to confirm, until ${users.request} requests a write`,
            `${users.request} makes fewer requests of ${memory} than ${process} awaits responses`,
          );
    default: {
      const taker = users.send ?? users.receive;
      return users.send === undefined
        ? edge(
            taker,
            `to request ${memory}, whose queue is full, until ${taker} receives beats`,
            `${taker} receives fewer beats of ${memory} than ${process} requests`,
          )
        : edge(
            taker,
            `to request ${memory}, whose queue is full, until ${taker} sends the data`,
            `${taker} sends fewer beats of ${memory} than ${process} requests`,
          );
    }
  }
}

/** The first cycle among the edges, as the edges on it, from the process that comes first in the kernel. */
function findCycle(manifest: Manifest, edges: readonly Edge[]): readonly Edge[] | undefined {
  const order = manifest.processes.map(({ name }) => name);
  const finished = new Set<string>();
  const follow = (process: string, path: readonly Edge[]): readonly Edge[] | undefined => {
    const begins = path.findIndex((edge) => edge.process === process);
    if (begins >= 0) return rotated(path.slice(begins), order);
    if (finished.has(process)) return undefined;
    for (const edge of edges) {
      if (edge.process !== process || edge.to === undefined) continue;
      const found = follow(edge.to, [...path, edge]);
      if (found !== undefined) return found;
    }
    finished.add(process);
    return undefined;
  };
  for (const { process } of edges) {
    const found = follow(process, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

function rotated(cycle: readonly Edge[], order: readonly string[]): readonly Edge[] {
  const places = cycle.map(({ process }) => order.indexOf(process));
  const first = places.indexOf(Math.min(...places));
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}

/** From the process that most others wait behind to the one that does not wait: the longest of them. */
function longestChain(edges: readonly Edge[]): readonly Edge[] {
  const from = (process: string | undefined): readonly Edge[] =>
    edges
      .filter((edge) => edge.process === process)
      .map((edge) => [edge, ...from(edge.to)])
      .reduce<readonly Edge[]>((best, one) => (one.length > best.length ? one : best), []);
  return edges
    .map(({ process }) => from(process))
    .reduce<readonly Edge[]>((best, one) => (one.length > best.length ? one : best), []);
}

const namesOf = (path: readonly Edge[]) =>
  [path[0].process, ...path.map(({ to }) => to)].join(' → ');

const waitText = ({ process, since, what, place }: Edge) =>
  `${process}, since cycle ${since + 1}, waits ${what} (${place})`;

function declared({ name, source, depth }: ManifestStream): string {
  return `stream ${name} (declared at ${source.file}:${source.line}:${source.column}) above ${depth}`;
}

/** The chain or the cycle of those that wait, and what would end it. */
function diagnose(
  manifest: Manifest,
  state: ToldState,
  edges: readonly Edge[],
): readonly [string, string] | undefined {
  const cycle = findCycle(manifest, edges);
  if (cycle !== undefined) {
    const full = cycle.flatMap((edge) => (edge.full === undefined ? [] : [edge.full]));
    return [
      `a cycle: ${namesOf(cycle)}`,
      full.length === 0
        ? `Ask for what is awaited before waiting for it; else ${traceHint}.`
        : `Raise the depth of ${full.map(declared).join(' or of ')}, so that ${full[0].from} can go on.`,
    ];
  }
  const chain = longestChain(edges);
  const last = chain.at(-1);
  if (last?.to !== undefined && !state.active.has(last.to)) {
    return [
      `a chain: ${namesOf(chain)}, and ${last.to} is done: ${last.lacking}`,
      `Let ${last.to} and ${last.process} agree on how many there are.`,
    ];
  }
  return chain.length === 0
    ? undefined
    : [`a chain: ${namesOf(chain)}`, `As a next step, ${traceHint}.`];
}

function leftOver(state: ToldState): readonly [string, string] | undefined {
  const { what, memory } = state.left[0] ?? {};
  if (memory === undefined) return undefined;
  return what === 'responses'
    ? [
        `memory ${memory} has confirmed requests that no process awaits, so the kernel is never done`,
        `Call response() of memory ${memory} once a request.`,
      ]
    : [
        `memory ${memory} holds beats that no process receives, so the kernel is never done`,
        `Call receive() of memory ${memory} once for each beat that is requested.`,
      ];
}

/** Who waits for whom, the cycle or chain first; a line each. */
function waitLines(
  manifest: Manifest,
  state: ToldState,
  edges: readonly Edge[],
): readonly string[] {
  const first = findCycle(manifest, edges) ?? longestChain(edges);
  const done = manifest.processes.map(({ name }) => name).filter((name) => !state.active.has(name));
  return [
    ...[...first, ...edges.filter((edge) => !first.includes(edge))].map(waitText),
    ...state.own.map((process) => `${process} waits for an older iteration of its own`),
    ...(done.length === 0 ? [] : [`done: ${done.join(', ')}`]),
  ];
}

const portLines = (manifest: Manifest, state: ToldState) =>
  state.ports.map((port) => namePort(manifest, `port ${port.state}`));

function told(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join('');
}

/** A kernel in which nothing moves any more: who waits for whom, since when, and where in the source. */
export function deadlockReport(
  manifest: Manifest,
  state: ToldState,
  name = manifest.kernel,
): StuckReport {
  const { since, now } = state;
  const edges = state.waits.map((wait) => edgeOf(manifest, state, wait));
  const [matter, hint] = diagnose(manifest, state, edges) ??
    leftOver(state) ?? [undefined, `As a next step, ${traceHint}.`];
  if (state.active.size === 0 && matter === undefined) {
    return silentReport(manifest, state, name);
  }
  return {
    text: `${name}: deadlock: nothing moves since cycle ${since} (told in cycle ${now})${told([
      ...(matter === undefined ? [] : [matter]),
      ...waitLines(manifest, state, edges),
      ...portLines(manifest, state),
    ])}`,
    hint,
  };
}

/** The same of a kernel whose Verilog does not tell of its processes: only ports and streams are known. */
function silentReport(manifest: Manifest, state: ToldState, name: string): StuckReport {
  const streams = manifest.streams.flatMap(({ name: stream, from, to, depth }) => {
    const words = state.streams.get(stream);
    if (words === undefined) return [];
    return words === 'full'
      ? `stream ${stream} is full (depth ${depth}): ${from} can write no more until ${to} reads`
      : words === 'empty'
        ? `stream ${stream} is empty: ${to} can read nothing until ${from} writes`
        : `stream ${stream} holds some of its ${depth} words: neither ${from} nor ${to} waits for it`;
  });
  const { since, now } = state;
  return {
    text: `${name}: no handshake on any port since cycle ${since}, for ${now - since} cycles${told([
      ...portLines(manifest, state),
      ...streams,
    ])}`,
    hint:
      `A stream may be too shallow, or the kernel waits for something nobody sends; ${traceHint}. ` +
      'A kernel that computes for so long without touching memory needs a larger noProgressCycles.',
  };
}

/** A kernel that goes on and on: who still moves, and where in the source. */
export function livelockReport(
  manifest: Manifest,
  state: ToldState,
  why: string,
  name = manifest.kernel,
): StuckReport {
  const edges = state.waits.map((wait) => edgeOf(manifest, state, wait));
  const waiting = new Set(edges.map(({ process }) => process));
  const moving = [...state.active].filter(([process]) => !waiting.has(process));
  return {
    text: `${name} ${why}${told([
      ...moving.map(([process, { places }]) => `${process} still moves, at ${places.join(', ')}`),
      ...waitLines(manifest, state, edges),
      ...portLines(manifest, state),
    ])}`,
    hint:
      'Look there for a loop that does not end; if the workload is that large, allow more cycles with ' +
      '--max-cycles (maximumCycles).',
  };
}
