/** What a process waits for; `since` is the cycle in which it moved last. */
export interface ToldWait {
  readonly process: string;
  readonly since: number;
  readonly kind: string;
  /** Stream or memory. */
  readonly resource: string;
  /** `file:line:column` of the access. */
  readonly place: string;
}

/** What a simulator told of a kernel in which nothing moves any more, or that does not end. */
export interface ToldState {
  /** Cycle of the last move of anything, and of the question. */
  readonly since: number;
  readonly now: number;
  /** Processes that are not done: since when, and the places of the blocks in their pipelines, oldest first. */
  readonly active: ReadonlyMap<
    string,
    { readonly since: number; readonly places: readonly string[] }
  >;
  /** Of each process those of its oldest block. */
  readonly waits: readonly ToldWait[];
  /** Processes that wait for an older block of their own. */
  readonly own: readonly string[];
  /** Memories with something that no process takes: `beats` or `responses`. */
  readonly left: readonly { readonly what: string; readonly memory: string }[];
  readonly ports: readonly {
    readonly name: string;
    readonly inFlight: number;
    readonly owes: boolean;
    readonly state: string;
  }[];
  readonly streams: ReadonlyMap<string, string>;
}

/**
 * Reads the lines that codegen/backends/verilog/emit-watch.ts describes, and those of the harness:
 * `NOW <since> <now>`, `PORT <name> <in flight> <owes> <state>`, `STREAM <name> full|empty|some`.
 * @param cycleOf makes a cycle of the simulator's time.
 */
export function parseTold(text: string, cycleOf = (time: number): number => time): ToldState {
  const active = new Map<string, { since: number; places: string[] }>();
  const waits: (ToldWait & { readonly stage: number })[] = [];
  const own: string[] = [];
  const left: { what: string; memory: string }[] = [];
  const ports: ToldState['ports'][number][] = [];
  const streams = new Map<string, string>();
  let [since, now] = [0, 0];
  const activity = (process: string, time: string) => {
    const known = active.get(process) ?? { since: cycleOf(Number(time)), places: [] };
    active.set(process, known);
    return known;
  };
  for (const line of text.split('\n')) {
    const [kind, ...words] = line.split(' ');
    const rest = (from: number) => words.slice(from).join(' ');
    if (kind === 'NOW') [since, now] = words.map(Number);
    else if (kind === 'AT') activity(words[0], words[1]).places.push(rest(2));
    else if (kind === 'OWN') own.push(words[0]);
    else if (kind === 'LEFT') left.push({ what: words[0], memory: words[1] });
    else if (kind === 'STREAM') streams.set(words[0], words[1]);
    else if (kind === 'PORT') {
      const [name, inFlight, owes] = words;
      ports.push({ name, inFlight: Number(inFlight), owes: owes === '1', state: rest(3) });
    } else if (kind === 'WAIT') {
      const [process, time, stage, access, resource] = words;
      const place = rest(5);
      const { since } = activity(process, time);
      waits.push({ process, since, stage: Number(stage), kind: access, resource, place });
    }
  }
  const oldest = new Map<string, number>();
  for (const { process, stage } of waits) {
    oldest.set(process, Math.max(oldest.get(process) ?? 0, stage));
  }
  return {
    ...{ since, now, active, own, left, ports, streams },
    waits: waits
      .filter(({ process, stage }) => stage === oldest.get(process))
      .map(({ stage: _, ...wait }) => wait),
  };
}
