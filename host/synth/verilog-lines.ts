/** A line of a kernel's TypeScript. `exact` where it is the value's own; else the whole stage's lines. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly exact: boolean;
}

/**
 * Which lines of TypeScript the lines and signals of an emitted Verilog file come from. The file says so
 * itself: `wire [32:0] s0_shl; // line 183` where a value is declared, `// Stage 2: lines 40, 42 to 44`
 * above a stage, and the kernel's file in its head. A value has one name, after the stage's prefix, in
 * all stages: `s0_count`, `s1_count`, and `r_count` for the variable that lives on.
 */
export class VerilogLines {
  /** Process of the kernel that the file is the module of; undefined for the library's files. */
  readonly process: string | undefined;
  private readonly file: string;
  private readonly texts: readonly string[];
  /** By the name of a value without its stage. */
  private readonly values = new Map<string, SourcePlace>();
  private readonly stages = new Map<number, readonly SourcePlace[]>();

  constructor(text: string) {
    this.texts = text.split('\n');
    const head = /^\/\/ Process (\w+) of kernel \w+ \((.+):(\d+)\)\.$/.exec(this.texts[0] ?? '');
    this.process = head?.[1];
    this.file = head?.[2] ?? '';
    for (const line of this.texts) {
      const value = /^\s*(?:wire|reg)\s.*?(\w+);\s*\/\/ (.+)$/.exec(line);
      const name = value === null ? undefined : valueName(value[1]);
      const [place] = value === null ? [] : this.placesIn(value[2], true);
      // The first declaration counts: what a later stage carries on is made there.
      if (name !== undefined && place !== undefined && !this.values.has(name)) {
        this.values.set(name, place);
      }
      const stage = /^\s*\/\/ Stage (\d+): (.+)$/.exec(line);
      if (stage !== null) this.stages.set(Number(stage[1]), this.placesIn(stage[2], false));
    }
  }

  /** Where the value of a signal comes from; without its own line, the lines of its stage. */
  ofSignal(name: string): readonly SourcePlace[] {
    const value = valueName(name);
    const own = value === undefined ? undefined : this.values.get(value);
    if (own !== undefined) return [own];
    const stage = /^s(\d+)_/.exec(name)?.[1];
    return stage === undefined ? [] : (this.stages.get(Number(stage)) ?? []);
  }

  /** Where a line of the file, counted from 1, comes from. */
  ofLine(line: number): readonly SourcePlace[] {
    const target = this.assignedAt(line);
    return target === undefined ? [] : this.ofSignal(target);
  }

  /** The signal that a line declares or assigns. */
  assignedAt(line: number): string | undefined {
    const text = (this.texts[line - 1] ?? '').replace(/\/\/.*$/, '');
    const delayed = /(\w+)(?:\[[^\]]*\])?\s*<=\s[^;]*;\s*$/.exec(text);
    const now =
      /^\s*(?:assign\s+|wire\s+|reg\s+)?(?:\[[^\]]*\]\s*)?(\w+)(?:\[[^=]*\])?\s*(?:=|;)/.exec(text);
    return delayed?.[1] ?? now?.[1];
  }

  /** `line 12`, `lines 12 to 14, 20`, `other.ts:7`, or lines of both kinds. */
  private placesIn(text: string, exact: boolean): readonly SourcePlace[] {
    const places: SourcePlace[] = [];
    for (const part of text.replace(/^lines? /, '').split(', ')) {
      const run = /^(\d+)(?: to (\d+))?$/.exec(part);
      const other = /^(\S+):(\d+)$/.exec(part);
      if (run !== null) {
        const to = Number(run[2] ?? run[1]);
        for (let line = Number(run[1]); line <= to; line++) {
          places.push({ file: this.file, line, exact });
        }
      } else if (other !== null) {
        places.push({ file: other[1], line: Number(other[2]), exact });
      }
    }
    return places;
  }
}

/** Name of a value in whatever stage; undefined for ports and the like. */
function valueName(signal: string): string | undefined {
  return /^(?:s\d+|r)_(\w+?)(?:_wide)?$/.exec(signal)?.[1];
}
