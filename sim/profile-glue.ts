import type { Manifest } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { type VerilatedNames, verilatedName } from './glue.ts';

/** What the C++ of a model needs to count what its processes, streams and ports do. */
export interface ProfileView {
  readonly processes: readonly {
    readonly name: string;
    /** Path below the Verilated root, up to the name of one of its signals `profile_…`. */
    readonly path: string;
    /** What it can wait for; of two that hold in a cycle the first one counts. */
    readonly causes: readonly ProfileCause[];
  }[];
  /** `path`: below the root, up to `_push`, `_pop`, `_full` and `_empty`. */
  readonly streams: readonly { readonly name: string; readonly path: string }[];
  /** In the manifest's order, as port indices are. */
  readonly ports: readonly { readonly name: string; readonly outstanding: number }[];
}

interface ProfileCause {
  readonly kind: string;
  readonly resource: string;
  /** The state in sim/cpp/profile.hpp that waiting for it is. */
  readonly state: string;
  /** For something that comes in. */
  readonly input: boolean;
  readonly path: string;
}

const states: Readonly<Record<string, string>> = {
  read: 'kInput',
  write: 'kOutput',
  request: 'kMemory',
  receive: 'kMemory',
  send: 'kMemory',
  response: 'kMemory',
  own: 'kOwn',
};

const inputs = ['read', 'receive', 'response'];

/** The macro under which the Verilog has the signals that are counted. */
export const profileMacro = 'TILEWRIGHT_PROFILE';

/** Makes those signals, and the ends of every stream, readable from C++. */
export function profileVisibility({ kernel, streams }: Manifest): string {
  const ends = streams.flatMap(({ name }) =>
    ['push', 'pop', 'full', 'empty'].map((end) => `${name}_${end}`),
  );
  return [
    '`verilator_config',
    `public_flat_rd -module "${kernel}_*" -var "profile_*"`,
    ...ends.map((end) => `public_flat_rd -module "${kernel}" -var "${end}"`),
    '',
  ].join('\n');
}

/**
 * Finds what the Verilog names `profile_…` (see codegen/backends/verilog/emit-profile.ts).
 * @throws TilewrightError `SIM_PROFILE` where a process has no such signals.
 */
export function profileView(manifest: Manifest, { bits }: VerilatedNames): ProfileView {
  const top = `${verilatedName(manifest.kernel)}__DOT__`;
  const missing = (what: string) =>
    new TilewrightError(`${manifest.kernel}: the Verilog says nothing of what ${what} does`, {
      code: 'SIM_PROFILE',
      hint: 'Generate it again with this version of tilewright.',
    });
  return {
    processes: manifest.processes.map(({ name }) => {
      const path = `${top}process_${verilatedName(name)}__DOT__profile_`;
      if (!bits.has(`${path}begins`)) throw missing(`process ${name}`);
      return { name, path, causes: causesOf(path, bits) };
    }),
    streams: manifest.streams.map(({ name }) => {
      const path = `${top}${verilatedName(name)}`;
      if (!bits.has(`${path}_push`)) throw missing(`stream ${name}`);
      return { name, path };
    }),
    ports: manifest.ports.map(({ name, outstanding }) => ({ name, outstanding })),
  };
}

function causesOf(path: string, bits: ReadonlySet<string>): readonly ProfileCause[] {
  const found = [...bits].flatMap((member) => {
    const match = member.startsWith(path)
      ? /^(\d+)_([a-z]+)_(\w+)$/.exec(member.slice(path.length))
      : null;
    if (match === null) return [];
    const [, order, kind, resource] = match;
    const name = resource.replaceAll('___05F', '__');
    const input = inputs.includes(kind);
    return [
      { order: Number(order), kind, resource: name, state: states[kind], input, path: member },
    ];
  });
  return found.sort((a, b) => a.order - b.order);
}
