import { createHash } from 'node:crypto';
import { endpoints } from '../ir/endpoints.ts';
import { bitsOf, type KernelIR, type Span } from '../ir/ir.ts';
import {
  type Manifest,
  type ManifestArgument,
  type ManifestArtefact,
  manifestFormatVersion,
} from './manifest.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** First argument register of an ap_ctrl kernel. */
const firstRegister = 0x10;

/** Register offsets as Vitis HLS lays them out: 8 bytes for a 32-bit value, 12 for a 64-bit one. */
export function registerMap(kernel: KernelIR): ManifestArgument[] {
  let register = firstRegister;
  return kernel.argumentOrder.map((name): ManifestArgument => {
    const at = register;
    const scalar = kernel.scalars.find((one) => one.name === name);
    if (scalar !== undefined) {
      const bytes = scalar.type.width <= 32 ? 4 : 8;
      register += bytes + 4;
      const { signed, width } = scalar.type;
      return { kind: 'scalar', name, type: { signed, width }, register: at, bytes };
    }
    const memory = kernel.memories.find((one) => one.name === name);
    if (memory === undefined) throw new Error(`argument ${name} is neither scalar nor memory`);
    register += 12;
    const { signed, width } = memory.element;
    return {
      kind: 'memory',
      name,
      direction: memory.direction,
      element: { signed, width },
      lanes: memory.beatBits / width,
      port: portName(name),
      register: at,
    };
  });
}

/** AXI4 master of a memory argument: `m_axi_<argument>`. */
export function portName(memory: string): string {
  return `m_axi_${memory}`;
}

function place(span: Span): { readonly file: string; readonly line: number } {
  return { file: span.file, line: span.line };
}

const kinds: readonly (readonly [RegExp, ManifestArtefact['kind']])[] = [
  [/\.v$/, 'verilog'],
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
): Manifest {
  const ends = endpoints(kernel);
  const only = (key: string) => [...(ends.get(key) ?? [])][0];
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
