import { type SourceLocation, TilewrightError } from '../support/errors.ts';
import type { Manifest } from './manifest.ts';

/** What a configuration file of `v++` says of compute units and banks; `sp` and `nk` are understood. */
export interface Connectivity {
  /** `nk=KERNEL:COUNT:NAME,NAME`: the compute units of a kernel. */
  readonly units: ReadonlyMap<string, readonly string[]>;
  /** `sp=UNIT.ARGUMENT:BANK`: by `UNIT.ARGUMENT` (or `UNIT.PORT`), the bank as it is spelt, e.g. `HBM[0:3]`. */
  readonly banks: ReadonlyMap<string, string>;
  /** Every other setting, by its section (`''` before the first): for `v++` alone. */
  readonly others: ReadonlyMap<string, readonly string[]>;
  /** Where each entry of `units` and of `banks` stands, by its key: for errors. */
  readonly places: ReadonlyMap<string, SourceLocation>;
}

export const noConnectivity: Connectivity = {
  units: new Map(),
  banks: new Map(),
  others: new Map(),
  places: new Map(),
};

/** An interrupt's number, one a compute unit, has seven bits: XRT drives no more. */
export const mostUnits = 128;

const word = /^[A-Za-z_]\w*$/;

function wrong(file: string, line: number, message: string, hint: string): TilewrightError {
  return new TilewrightError(message, { code: 'CONNECTIVITY', hint, location: { file, line } });
}

/**
 * Reads a file as `v++ --config` takes it: sections in brackets, `name=value`, comments after `#`.
 * @param file its name, for errors.
 * @throws TilewrightError `CONNECTIVITY` with the file's line.
 */
export function parseConnectivity(text: string, file: string): Connectivity {
  const units = new Map<string, readonly string[]>();
  const banks = new Map<string, string>();
  const others = new Map<string, string[]>();
  const places = new Map<string, SourceLocation>();
  let section = '';
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = whole.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const fail = (message: string, hint: string) => wrong(file, index + 1, message, hint);
    const header = /^\[(\w+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      continue;
    }
    const [, name = '', value = ''] = /^([\w.]+)\s*=\s*(.+)$/.exec(line) ?? [];
    if (name === '') {
      throw fail(
        `'${line}' is no setting`,
        'Write name=value, below a section such as [connectivity].',
      );
    }
    if (section !== 'connectivity' || (name !== 'sp' && name !== 'nk')) {
      others.set(section, [...(others.get(section) ?? []), line]);
      continue;
    }
    if (name === 'sp') {
      const [, place = '', bank = ''] =
        /^(\w+\.\w+)\s*:\s*([A-Za-z]+(?:\[\d+(?::\d+)?\])?)$/.exec(value) ?? [];
      if (place === '') {
        throw fail(
          `'${value}' joins no argument to a bank`,
          'Write sp=UNIT.ARGUMENT:BANK, e.g. sp=sum_1.ids:DDR[0].',
        );
      }
      if (banks.has(place))
        throw fail(`${place} has a bank already`, 'Give each argument one bank.');
      banks.set(place, bank);
      places.set(place, { file, line: index + 1 });
      continue;
    }
    const [kernel = '', count = '', names = ''] = value.split(':').map((part) => part.trim());
    // Its manuals part the names by commas; older ones by full stops.
    const given = names === '' ? [] : names.split(/[,.]/).map((part) => part.trim());
    const many = Number(count);
    const sound =
      word.test(kernel) &&
      many >= 1 &&
      Number.isInteger(many) &&
      given.every((unit) => word.test(unit));
    if (!sound) {
      throw fail(
        `'${value}' names no compute units`,
        'Write nk=KERNEL:COUNT:NAME,NAME, e.g. nk=sum:2:sum_a,sum_b.',
      );
    }
    if (many > mostUnits) {
      throw fail(
        `${many} compute units of ${kernel} are more than XRT can drive`,
        `Ask for ${mostUnits} or fewer.`,
      );
    }
    if (units.has(kernel)) throw fail(`${kernel} has its units already`, 'Write one nk= a kernel.');
    if (given.length > 0 && given.length !== many) {
      throw fail(
        `${kernel} is to have ${many} units, and ${given.length} are named`,
        'Name all or none.',
      );
    }
    places.set(kernel, { file, line: index + 1 });
    units.set(kernel, given.length > 0 ? given : defaultNames(kernel, many));
  }
  return { units, banks, others, places };
}

/** As `v++` names compute units that nobody names: `sum_1`, `sum_2`. */
function defaultNames(kernel: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${kernel}_${index + 1}`);
}

/** A compute unit by its name, and the banks that were chosen for its memory arguments. */
export interface NamedUnit {
  readonly instance: string;
  readonly manifest: Manifest;
  /** By argument, where one was chosen: as it is spelt, e.g. `DDR[0]`. */
  readonly banks: Readonly<Record<string, string>>;
}

interface WantedKernel {
  readonly manifest: Manifest;
  /** Undefined when nobody said: one, or what the connectivity says. */
  readonly count?: number | undefined;
}

/**
 * The compute units of several kernels, named and joined to banks as the connectivity says.
 * @throws TilewrightError `CONNECTIVITY` where it names a kernel, unit or argument that there is not, or
 * where both say how many units a kernel has, and say different things.
 */
export function nameUnits(
  kernels: readonly WantedKernel[],
  connectivity: Connectivity = noConnectivity,
): readonly NamedUnit[] {
  /** @param entry of the connectivity, whose line is wrong. */
  const fail = (message: string, hint: string, entry?: string): never => {
    const location = entry === undefined ? undefined : connectivity.places.get(entry);
    const place = location === undefined ? {} : { location };
    throw new TilewrightError(message, { code: 'CONNECTIVITY', hint, ...place });
  };
  const known = kernels.map(({ manifest }) => manifest.kernel);
  for (const kernel of connectivity.units.keys()) {
    if (known.includes(kernel)) continue;
    fail(
      `the connectivity has nk= for ${kernel}, which is not built`,
      `Add --cu ${kernel}.`,
      kernel,
    );
  }
  const left = new Set(connectivity.banks.keys());
  const named: NamedUnit[] = [];
  for (const { manifest, count } of kernels) {
    const names = connectivity.units.get(manifest.kernel);
    if (names !== undefined && count !== undefined && names.length !== count) {
      fail(
        `--cu asks for ${count} units of ${manifest.kernel}, and nk= for ${names.length}`,
        'Say it in one place, or the same in both.',
        manifest.kernel,
      );
    }
    for (const instance of names ?? defaultNames(manifest.kernel, count ?? 1)) {
      if (named.some((unit) => unit.instance === instance)) {
        fail(
          `two compute units are called ${instance}`,
          'Give each a name of its own with nk=.',
          manifest.kernel,
        );
      }
      const banks: Record<string, string> = {};
      for (const argument of manifest.arguments) {
        if (argument.kind !== 'memory') continue;
        for (const place of [`${instance}.${argument.name}`, `${instance}.${argument.port}`]) {
          const bank = connectivity.banks.get(place);
          if (bank === undefined) continue;
          if (banks[argument.name] !== undefined) {
            fail(
              `${instance}.${argument.name} has two banks`,
              'Name it by its argument or its port.',
              place,
            );
          }
          banks[argument.name] = bank;
          left.delete(place);
        }
      }
      named.push({ instance, manifest, banks });
    }
  }
  for (const place of left) {
    const [instance = '', argument] = place.split('.');
    const unit = named.find((candidate) => candidate.instance === instance);
    if (unit === undefined) {
      const units = named.map((candidate) => candidate.instance).join(', ');
      fail(
        `sp=${place} names a compute unit that there is not`,
        `The compute units are ${units}.`,
        place,
      );
    } else {
      const memories = unit.manifest.arguments.filter(({ kind }) => kind === 'memory');
      const names = memories.map(({ name }) => name).join(', ');
      fail(
        `${instance} has no memory argument ${argument}`,
        `Its memory arguments are ${names}.`,
        place,
      );
    }
  }
  return named;
}
