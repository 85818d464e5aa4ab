import { type SourceLocation, TilewrightError } from '../support/errors.ts';
import { cardMemory, type MemoryCard, memoryCards } from './card-memory.ts';
import {
  type Connectivity,
  mostUnits,
  type NamedUnit,
  nameUnits,
  noConnectivity,
} from './connectivity.ts';
import type { Manifest } from './manifest.ts';
import type { ComputeUnit, MemoryBank, Platform } from './platform.ts';

/** A kernel that goes onto a platform. */
export interface PlatformKernel {
  readonly manifest: Manifest;
  /** Absolute folder of its artefacts. */
  readonly folder: string;
  /** Compute units; when nobody says, what the connectivity says, else one. */
  readonly count?: number | undefined;
}

export interface PlatformOptions {
  /** Whose memory; when not given u280 if the connectivity speaks of HBM, else u250. */
  readonly card?: MemoryCard | undefined;
  readonly connectivity?: Connectivity | undefined;
  /** By default 300. */
  readonly clockMhz?: number | undefined;
}

/** Where XRT's emulation finds the registers of the first compute unit, and how far apart they are. */
const firstWindow = 0x180_0000;
const windowBytes = 0x1_0000;

/** `KERNEL:INSTANCE` and the zero behind it fill a field of 64 bytes. */
const longestName = 63;

interface Span {
  readonly kind: MemoryBank['kind'];
  readonly first: number;
  readonly last: number;
}

interface Wish {
  readonly unit: number;
  readonly argument: string;
  readonly span: Span;
}

function fail(message: string, hint: string, location?: SourceLocation): never {
  const place = location === undefined ? {} : { location };
  throw new TilewrightError(message, { code: 'CONNECTIVITY', hint, ...place });
}

function chooseCard(connectivity: Connectivity): MemoryCard {
  const spellings = [...connectivity.banks.values()];
  return spellings.some((bank) => bank.startsWith('HBM')) ? 'u280' : 'u250';
}

/** Of the span that `HBM[2]` or `HBM[0:3]` spells, with the checks that need the card. */
function readSpan(spelling: string, card: MemoryCard, location?: SourceLocation): Span {
  const [, name = '', first = '', last = first] =
    /^([A-Za-z]+)\[(\d+)(?::(\d+))?\]$/.exec(spelling) ?? [];
  const banks = cardMemory(card);
  const kind = name.toLowerCase();
  const members = banks.filter((bank) => bank.kind === kind);
  if (members.length === 0) {
    const kinds = [...new Set(banks.map((bank) => bank.kind))].map(
      (known) =>
        `${known.toUpperCase()}[0] to [${banks.filter((bank) => bank.kind === known).length - 1}]`,
    );
    const others = memoryCards.filter((other) =>
      cardMemory(other).some((bank) => bank.kind === kind),
    );
    const instead = others.length === 0 ? '' : `, or another card: --card ${others.join(' or ')}`;
    fail(
      `the card ${card} has no memory '${spelling}'`,
      `Name one of ${kinds.join(', ')}${instead}.`,
      location,
    );
  }
  const span = { kind: members[0].kind, first: Number(first), last: Number(last) };
  if (span.last < span.first || span.last >= members.length) {
    fail(
      `the card ${card} has no memory '${spelling}'`,
      `Its banks are ${members[0].name} to ${members.at(-1)?.name}.`,
      location,
    );
  }
  return span;
}

/**
 * The banks of the card, those that a range joins as one: HBM[0:3] stands where HBM[0] stood. Ranges that
 * overlap are joined too, since two banks cannot hand out the same addresses.
 */
function joinBanks(banks: readonly MemoryBank[], spans: readonly Span[]): readonly MemoryBank[] {
  const joined: MemoryBank[] = [];
  for (const kind of new Set(banks.map((bank) => bank.kind))) {
    const own = banks.filter((bank) => bank.kind === kind);
    // The end of the range that each bank is in; one pass suffices, in the order of their first banks.
    const ranges = spans
      .filter((span) => span.kind === kind && span.last > span.first)
      .sort((a, b) => a.first - b.first);
    let index = 0;
    while (index < own.length) {
      const start = index;
      let last = start;
      for (const range of ranges) {
        if (range.first <= last && range.last > last) last = range.last;
      }
      joined.push(last === start ? own[start] : joinedBank(own, start, last));
      index = last + 1;
    }
  }
  return joined;
}

function joinedBank(own: readonly MemoryBank[], first: number, last: number): MemoryBank {
  const { kind, base } = own[first];
  const end = own[last].base + own[last].bytes;
  return { name: `${kind.toUpperCase()}[${first}:${last}]`, kind, base, bytes: end - base };
}

/** Index of the bank that holds bank `first` of the card. */
function bankAt(joined: readonly MemoryBank[], card: readonly MemoryBank[], span: Span): number {
  const wanted = card.filter((bank) => bank.kind === span.kind)[span.first];
  return joined.findIndex(({ base, bytes }) => base <= wanted.base && wanted.base < base + bytes);
}

/** What each memory argument asks for; where nothing is said, HBM a bank a port, DDR the first. */
function wishes(
  units: readonly NamedUnit[],
  card: MemoryCard,
  connectivity: Connectivity,
): readonly Wish[] {
  const hbm = cardMemory(card).filter((bank) => bank.kind === 'hbm').length;
  let ports = 0;
  return units.flatMap(({ instance, manifest, banks }, unit) => {
    const ownPorts = new Map<string, number>();
    return manifest.arguments.flatMap((argument) => {
      if (argument.kind !== 'memory') return [];
      const { name, port } = argument;
      const at = ownPorts.get(port) ?? ports++;
      ownPorts.set(port, at);
      const spelling = banks[name];
      if (spelling === undefined) {
        const bank = hbm === 0 ? 0 : at % hbm;
        const kind: MemoryBank['kind'] = hbm === 0 ? 'ddr' : 'hbm';
        return [{ unit, argument: name, span: { kind, first: bank, last: bank } }];
      }
      const { places } = connectivity;
      const place = places.get(`${instance}.${name}`) ?? places.get(`${instance}.${port}`);
      return [{ unit, argument: name, span: readSpan(spelling, card, place) }];
    });
  });
}

/**
 * The compute units of the kernels, in windows of registers one behind the other, on a card's memory.
 * @throws TilewrightError `CONNECTIVITY`, with the file's line where one is wrong: units and arguments that
 * there are not, banks that the card has not, more units than XRT can name.
 */
export function makePlatform(
  kernels: readonly PlatformKernel[],
  { card: wanted, connectivity = noConnectivity, clockMhz = 300 }: PlatformOptions = {},
): Platform {
  const card = wanted ?? chooseCard(connectivity);
  const folders = new Map(kernels.map(({ manifest, folder }) => [manifest.kernel, folder]));
  if (folders.size < kernels.length) {
    fail('one kernel is named twice', 'Give it several compute units instead: --cu NAME:COUNT.');
  }
  const units = nameUnits(kernels, connectivity);
  if (units.length > mostUnits) {
    fail(
      `${units.length} compute units are more than XRT can drive`,
      `Ask for ${mostUnits} or fewer.`,
    );
  }
  for (const { instance, manifest } of units) {
    if (Buffer.byteLength(`${manifest.kernel}:${instance}`) <= longestName) continue;
    fail(
      `'${manifest.kernel}:${instance}' is longer than the ${longestName} bytes XRT has for it`,
      'Give the unit a shorter name with nk=, or the kernel one.',
    );
  }
  const wished = wishes(units, card, connectivity);
  const banks = cardMemory(card);
  const joined = joinBanks(
    banks,
    wished.map(({ span }) => span),
  );
  const computeUnits = units.map(({ instance, manifest }, index): ComputeUnit => {
    const own = wished.filter(({ unit }) => unit === index);
    return {
      instance,
      manifest,
      folder: folders.get(manifest.kernel) ?? '',
      base: firstWindow + index * windowBytes,
      connections: Object.fromEntries(
        own.map(({ argument, span }) => [argument, bankAt(joined, banks, span)]),
      ),
    };
  });
  return { name: `tilewright_${card}_1_0`, clockMhz, banks: joined, computeUnits };
}
