import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** An argument of a kernel as a run file gives it. */
export type RunArgument =
  | { readonly kind: 'scalar'; readonly value: bigint; readonly bytes: 4 | 8 }
  | {
      readonly kind: 'memory';
      readonly contents: Uint8Array;
      readonly written: boolean;
      /** Absolute path that the contents go to after the run. */
      readonly result?: string | undefined;
    };

/** What the hosts in this folder run; xrt-host.cpp says how it is written. */
export interface RunFile {
  readonly kernel: string;
  readonly arguments: readonly RunArgument[];
  readonly repeat: number;
}

/** @throws Error naming the line that is not understood. */
export async function readRunFile(path: string): Promise<RunFile> {
  let kernel = '';
  let repeat = 1;
  const all: RunArgument[] = [];
  const beside = (name: string) => resolve(dirname(path), name);
  for (const [at, line] of (await readFile(path, 'utf8')).split('\n').entries()) {
    const [word, first, second] = line.replace(/#.*/, '').trim().split(/\s+/);
    const result = second === undefined ? undefined : beside(second);
    if (word === '') continue;
    if (first === undefined) throw new Error(`${path}:${at + 1}: not understood: ${line}`);
    if (word === 'kernel') kernel = first;
    else if (word === 'repeat') repeat = Number(first);
    else if (word === 'scalar') {
      all.push({ kind: 'scalar', value: BigInt(first), bytes: second === '8' ? 8 : 4 });
    } else if (word === 'read' || word === 'readwrite') {
      const contents = new Uint8Array(await readFile(beside(first)));
      all.push({ kind: 'memory', contents, written: word === 'readwrite', result });
    } else if (word === 'write') {
      const contents = new Uint8Array(Number(first));
      all.push({ kind: 'memory', contents, written: true, result });
    } else throw new Error(`${path}:${at + 1}: not understood: ${line}`);
  }
  if (kernel === '') throw new Error(`${path} names no kernel`);
  return { kernel, arguments: all, repeat };
}

/** What is known of a kernel's argument; a manifest's arguments are such. */
interface Signature {
  readonly kernel: string;
  readonly arguments: readonly (
    | { readonly kind: 'scalar'; readonly name: string; readonly bytes: 4 | 8 }
    | { readonly kind: 'memory'; readonly name: string; readonly direction: 'read' | 'write' }
  )[];
}

/**
 * Writes a run: `NAME.txt`, and each memory beside it as `NAME-ARGUMENT.bin`.
 * @param values a number for a scalar; the contents of a buffer that is read, or the name of a file that another
 * run leaves there; the size in bytes of one that is written, which goes to `NAME-ARGUMENT.out`.
 * @returns the path of the run file.
 */
export async function writeRunFile(
  folder: string,
  name: string,
  { kernel, arguments: all }: Signature,
  values: Readonly<Record<string, number | bigint | string | Uint8Array>>,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const lines = [`kernel ${kernel}`];
  for (const argument of all) {
    const value = values[argument.name];
    const comment = `# ${argument.name}`;
    if (argument.kind === 'scalar') lines.push(`scalar ${value} ${argument.bytes} ${comment}`);
    else if (argument.direction === 'write') {
      lines.push(`write ${value} ${name}-${argument.name}.out ${comment}`);
    } else if (typeof value === 'string') lines.push(`read ${value} ${comment}`);
    else {
      const file = `${name}-${argument.name}.bin`;
      await writeFile(resolve(folder, file), value as Uint8Array);
      lines.push(`read ${file} ${comment}`);
    }
  }
  const path = resolve(folder, `${name}.txt`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** The line that every host prints for a buffer that the kernel wrote. */
export function resultLine(kernel: string, index: number, bytes: Uint8Array): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words: string[] = [];
  for (let at = 0; at + 4 <= bytes.length && at < 32; at += 4) {
    words.push(view.getUint32(at, true).toString(16).padStart(8, '0'));
  }
  const digits = hash.toString(16).padStart(16, '0');
  return `${kernel}[${index}] ${bytes.length} bytes fnv1a64 ${digits} words ${words.join(' ')}`;
}
