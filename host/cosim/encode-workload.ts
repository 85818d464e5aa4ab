import type { Manifest, ManifestMemory } from '../../codegen/package/manifest.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';

/** One run's arguments as bytes and numbers, the same for every device. */
export interface EncodedWorkload {
  readonly scalars: Readonly<Record<string, number | bigint>>;
  /** Contents of each read memory; of each write memory what it holds before the run. */
  readonly buffers: ReadonlyMap<string, Uint8Array>;
  /** Elements of each write memory that are compared. */
  readonly outputs: readonly { readonly memory: ManifestMemory; readonly elements: number }[];
}

const beatBytes = 64;
/** What write memories hold before a run, so that a word that nobody writes is the same everywhere. */
const unwritten = 0x5a;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function room(manifest: Manifest, memory: ManifestMemory, bytes: number): Uint8Array {
  try {
    return new Uint8Array(padded(bytes));
  } catch (cause) {
    throw new TilewrightError(
      `${manifest.kernel}: its workload's ${memory.name} has ${bytes} bytes, more than this machine gives`,
      { code: 'WORKLOAD', hint: 'Take a smaller --size, or correct workload().', cause },
    );
  }
}

function padded(bytes: number): number {
  return Math.max(beatBytes, Math.ceil(bytes / beatBytes) * beatBytes);
}

/** Turns what a kernel's `workload` returns into buffers of whole beats. */
export function encodeWorkload(manifest: Manifest, drawn: unknown): EncodedWorkload {
  if (typeof drawn !== 'object' || drawn === null) {
    throw new TilewrightError(`${manifest.kernel}: its workload is ${String(drawn)}`, {
      code: 'WORKLOAD',
      hint: 'Let workload() return an object with every argument of the kernel.',
    });
  }
  const workload = drawn as Readonly<Record<string, unknown>>;
  const scalars: Record<string, number | bigint> = {};
  const buffers = new Map<string, Uint8Array>();
  const outputs: { memory: ManifestMemory; elements: number }[] = [];
  for (const argument of manifest.arguments) {
    const value = drawnFor(workload, argument.name);
    if (argument.kind === 'scalar') {
      if (typeof value !== 'number' && typeof value !== 'bigint') {
        throw wrong(manifest, argument.name, 'a number');
      }
      scalars[argument.name] = value;
      continue;
    }
    const bytesEach = argument.element.width / 8;
    if (argument.direction === 'write') {
      if (!isCount(value)) {
        throw wrong(manifest, argument.name, 'the number of elements that the kernel writes');
      }
      buffers.set(argument.name, room(manifest, argument, value * bytesEach).fill(unwritten));
      outputs.push({ memory: argument, elements: value });
      continue;
    }
    const elements = value as ArrayLike<number | bigint> | undefined;
    if (!isCount(elements?.length)) {
      throw wrong(manifest, argument.name, 'an array of elements');
    }
    const bytes = room(manifest, argument, elements.length * bytesEach);
    writeElements(manifest, argument, bytes, elements);
    buffers.set(argument.name, bytes);
  }
  return { scalars, buffers, outputs };
}

/** Of several memories, which the workload has as a list, the manifest names each: `features_0`. */
function drawnFor(workload: Readonly<Record<string, unknown>>, name: string): unknown {
  if (name in workload) return workload[name];
  const [, base, at] = /^(.*)_(\d+)$/.exec(name) ?? [];
  const list = base === undefined ? undefined : workload[base];
  return Array.isArray(list) ? list[Number(at)] : undefined;
}

function writeElements(
  manifest: Manifest,
  memory: ManifestMemory,
  bytes: Uint8Array,
  elements: ArrayLike<number | bigint>,
): void {
  const view = elementView(memory, bytes);
  for (let at = 0; at < elements.length; at++) {
    try {
      view[at] = elements[at];
    } catch {
      // A bigint where numbers are, or the other way round; told below.
    }
    if (view[at] !== elements[at]) {
      throw wrong(
        manifest,
        memory.name,
        `made of ${memory.element.signed ? 'i' : 'u'}${memory.element.width} values; element ${at} is ${String(elements[at])}`,
      );
    }
  }
}

/** The bytes of a memory as its elements, little-endian. */
export function elementView(
  memory: ManifestMemory,
  bytes: Uint8Array,
): { [index: number]: number | bigint } {
  const { signed, width } = memory.element;
  const { buffer, byteOffset: offset, byteLength: length } = bytes;
  switch (width) {
    case 8:
      return signed
        ? new Int8Array(buffer, offset, length)
        : new Uint8Array(buffer, offset, length);
    case 16:
      return signed
        ? new Int16Array(buffer, offset, length / 2)
        : new Uint16Array(buffer, offset, length / 2);
    case 32:
      return signed
        ? new Int32Array(buffer, offset, length / 4)
        : new Uint32Array(buffer, offset, length / 4);
    default:
      return signed
        ? new BigInt64Array(buffer, offset, length / 8)
        : new BigUint64Array(buffer, offset, length / 8);
  }
}

function wrong(manifest: Manifest, name: string, wanted: string): TilewrightError {
  return new TilewrightError(`${manifest.kernel}: its workload's ${name} must be ${wanted}`, {
    code: 'WORKLOAD',
    hint: 'Correct workload() in the kernel file.',
  });
}
