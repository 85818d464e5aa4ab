import { createHash } from 'node:crypto';
import { endpoints } from '../ir/endpoints.ts';
import { bitsOf, type KernelIR, type Span } from '../ir/ir.ts';
import { portName, registerMap } from '../ir/register-map.ts';
import { independentRows } from './independent-rows.ts';
import {
  type Manifest,
  type ManifestArtefact,
  type ManifestPlace,
  type ManifestRows,
  manifestFormatVersion,
} from './manifest.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function place({ file, line, column }: Span): ManifestPlace {
  return { file, line, column };
}

const kinds: readonly (readonly [RegExp, ManifestArtefact['kind']])[] = [
  [/\.v$/, 'verilog'],
  [/^cpu\/.*\.cpp$/, 'cpu'],
  [/\.cpp$/, 'hls-cpp'],
  [/\.cl$/, 'opencl'],
  [/\.h$/, 'header'],
  [/\.xml$/, 'kernel-xml'],
];

/** The manifest of a kernel whose artefacts have been emitted. Same input, same bytes. */
export function buildManifest(
  kernel: KernelIR,
  source: string,
  files: ReadonlyMap<string, string>,
  rows?: ManifestRows,
): Manifest {
  const ends = endpoints(kernel);
  const only = (key: string) => [...(ends.get(key) ?? [])][0];
  const usersOf = (memory: string) =>
    Object.fromEntries(
      (['request', 'receive', 'send', 'response'] as const).flatMap((access) => {
        const user = only(`${access} ${memory}`);
        return user === undefined ? [] : [[access, user]];
      }),
    );
  return {
    formatVersion: manifestFormatVersion,
    kernel: kernel.name,
    summary: kernel.summary,
    parameters: kernel.parameters,
    arguments: registerMap(kernel),
    ports: kernel.memories.map((memory) => ({
      name: portName(memory.name),
      direction: memory.direction,
      dataBits: memory.beatBits,
      addressBits: 64,
      outstanding: memory.outstanding,
      bank: 0,
      source: place(memory.span),
      users: usersOf(memory.name),
    })),
    processes: kernel.processes.map(({ name, span }) => ({ name, source: place(span) })),
    streams: kernel.streams.map((stream) => ({
      name: stream.name,
      from: only(`write ${stream.name}`),
      to: only(`read ${stream.name}`),
      width: stream.fields.reduce((bits, field) => bits + bitsOf(field.type), 0),
      depth: stream.depth,
      source: place(stream.span),
    })),
    ...(rows === undefined ? {} : { rows: independentRows(kernel, rows) }),
    sourceSha256: sha256(source),
    artefacts: [...files]
      .map(([path, text]) => ({
        path,
        kind: kinds.find(([ending]) => ending.test(path))?.[1] ?? 'header',
        sha256: sha256(text),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
