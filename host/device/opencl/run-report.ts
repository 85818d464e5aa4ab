import type { Manifest } from '../../../codegen/package/manifest.ts';
import { TilewrightError } from '../../../codegen/support/errors.ts';
import { faultHints } from '../fault-hints.ts';

/** How the head of a report begins, in 8-byte words; then a word a process, then the text. */
const headWords = 8;

/** The tag of the line that says which assertion failed; others have the number of their process. */
const assertionTag = 0xffff;

/** Bytes of a report that holds so much text. */
export function reportBytes(manifest: Manifest, text: number): number {
  return 8 * (headWords + manifest.processes.length) + Math.ceil(text / 8) * 8;
}

interface Line {
  readonly process: number;
  readonly text: string;
}

/** What a work-item of a kernel of ours wrote about its run; codegen/backends/opencl says what lies where. */
export class RunReportReader {
  readonly #manifest: Manifest;
  readonly #bytes: Uint8Array;
  readonly #head: DataView;

  constructor(manifest: Manifest, bytes: Uint8Array) {
    this.#manifest = manifest;
    this.#bytes = bytes;
    this.#head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #word(at: number): bigint {
    return this.#head.getBigUint64(8 * at, true);
  }

  get status(): 'done' | 'failed' | 'needs-workspace' {
    const status = Number(this.#word(0));
    return status === 0 ? 'done' : status === 1 ? 'failed' : 'needs-workspace';
  }

  /** Bytes of workspace that a work-item needs. */
  get workspaceBytes(): number {
    return Number(this.#word(1));
  }

  /** Bytes of text that were written, more than the report holds where it was too small. */
  get textBytes(): number {
    return Number(this.#word(2));
  }

  #lines(): Line[] {
    const start = 8 * (headWords + this.#manifest.processes.length);
    const text = this.#bytes.subarray(start, start + this.textBytes);
    const lines: Line[] = [];
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf(0, at + 2);
      if (end < 0) break;
      const process = text[at] + 256 * text[at + 1];
      lines.push({ process, text: Buffer.from(text.subarray(at + 2, end)).toString('utf8') });
      at = end + 1;
    }
    return lines;
  }

  /** What print() wrote and the number of its process, in the order of the run. */
  get log(): readonly Line[] {
    return this.#lines().filter(({ process }) => process !== assertionTag);
  }

  /** The error of a run that failed. */
  get failure(): TilewrightError {
    const [code, message, more = ''] = this.#fault();
    return new TilewrightError(`${this.#manifest.kernel}: ${message}${more}`, {
      code,
      hint: faultHints[code] ?? 'Run it on the device golden to see more.',
    });
  }

  #memory(at: number): string {
    const memories = this.#manifest.arguments.filter(({ kind }) => kind === 'memory');
    return `memory ${memories[at]?.name}`;
  }

  #stream(at: number): string {
    return `stream ${this.#manifest.streams[at]?.name}`;
  }

  /** In the order of the enumeration in the emitted file. */
  #fault(): readonly [code: string, message: string, more?: string] {
    const [fault, process, which, a, b] = [3, 4, 5, 6, 7].map((at) => Number(this.#word(at)));
    const signed = BigInt.asIntN(64, this.#word(6));
    switch (fault) {
      case 1:
        return this.#starved(Math.floor(which / 0x10000), which % 0x10000);
      case 2:
        return ['DEADLOCK', 'no process can go on', `\n${this.#waits().join('\n')}`];
      case 3:
        return ['BURST_LENGTH', `${this.#memory(which)}: a request asks for ${signed} beats`];
      case 4:
        return [
          'OUT_OF_RANGE',
          `${this.#memory(which)}: a request for ${b} beats at beat ${signed} leaves the buffer`,
        ];
      case 5: {
        const line = this.#lines().find((one) => one.process === assertionTag);
        return ['ASSERTION', `assertion failed: ${line?.text ?? ''}`];
      }
      case 6: {
        const name = this.#manifest.processes[process]?.name;
        return ['ARRAY_INDEX', `process ${name}: element ${signed} of an array of ${b} is stored`];
      }
      case 7:
        return ['UNFINISHED', `${this.#stream(which)}: ${a} elements never read`];
      case 8:
        return ['UNFINISHED', `${this.#memory(which)}: ${a} requested beats were never used`];
      default:
        return ['UNFINISHED', `${this.#memory(which)}: ${a} responses never taken`];
    }
  }

  #starved(kind: number, at: number): readonly [string, string] {
    switch (kind) {
      case 1:
        return ['STREAM_EMPTY', `${this.#stream(at)} ran empty`];
      case 2:
        return ['UNFINISHED', `${this.#stream(at)}: elements never read`];
      case 5:
        return [
          'OUTSTANDING',
          `${this.#memory(at)}: too many requests are made before their beats are used`,
        ];
      case 6:
        return ['NOT_REQUESTED', `${this.#memory(at)}: a response is taken without a request`];
      default:
        return ['NOT_REQUESTED', `${this.#memory(at)}: a beat is used that was not requested`];
    }
  }

  /** Who waits for what. */
  #waits(): string[] {
    return this.#manifest.processes.flatMap(({ name }, index) => {
      const word = this.#word(headWords + index);
      if (BigInt.asUintN(32, word) === 0xffffffffn) return [];
      const what = Number(word >> 32n);
      const at = what % 0x10000;
      const text = {
        1: `${this.#stream(at)}, which is empty`,
        2: `${this.#stream(at)}, which is full`,
        3: `beats of ${this.#memory(at)}`,
        4: `requests to ${this.#memory(at)}`,
        5: `room for a request to ${this.#memory(at)}`,
        6: `a response of ${this.#memory(at)}`,
      }[Math.floor(what / 0x10000)];
      return [`${name} waits for ${text ?? 'its turn'}`];
    });
  }
}
