import { TilewrightError } from '../../../support/errors.ts';
import { printable } from '../../../support/printable.ts';
import { renderTemplate } from '../../../support/render-template.ts';
import { parseXml, type XmlElement } from '../../../support/xml.ts';
import { argumentView, hexadecimal } from '../../kernel-xml.ts';
import type { Platform } from '../../platform.ts';
import type { SectionReader } from '../section-reader.ts';

export interface MetadataArgument {
  /** Undefined for what no host sets: a stream between kernels. */
  readonly id?: number;
  readonly name: string;
  /** As OpenCL C spells it. */
  readonly type: string;
  /** What kind of value the host hands over. */
  readonly kind: string;
  readonly port: string;
  readonly register: number;
  readonly bytes: number;
}

export interface MetadataPort {
  readonly name: string;
  readonly mode: string;
  readonly dataBits: number;
}

export interface MetadataKernel {
  readonly name: string;
  /** `ip_c`, `c`, `clc`: what v++ calls the kernel's language. */
  readonly language: string;
  readonly control: string;
  readonly arguments: readonly MetadataArgument[];
  readonly ports: readonly MetadataPort[];
  readonly instances: readonly string[];
}

export interface MetadataClock {
  readonly name: string;
  readonly mhz: number;
}

/** What XRT's hosts know of the kernels. */
export interface EmbeddedMetadata {
  readonly device?: string;
  readonly kernels: readonly MetadataKernel[];
  readonly clocks: readonly MetadataClock[];
}

/** `addressQualifier`, by its number. */
const argumentKinds = ['scalar', 'global memory', 'constant memory', 'local memory', 'stream'];

function attribute(element: XmlElement, name: string): string {
  return printable(element.attributes[name] ?? '');
}

/** Decimal or 0x; NaN, which no file means, for anything else. */
function number(element: XmlElement, name: string): number {
  const text = attribute(element, name);
  return text === '' ? 0 : Number(text);
}

function argument(element: XmlElement): MetadataArgument {
  const id = attribute(element, 'id');
  const kind = attribute(element, 'addressQualifier');
  return {
    ...(id === '' ? {} : { id: Number(id) }),
    name: attribute(element, 'name'),
    type: attribute(element, 'type'),
    kind: argumentKinds[Number(kind)] ?? `kind ${kind}`,
    port: attribute(element, 'port'),
    register: number(element, 'offset'),
    bytes: number(element, 'size'),
  };
}

function kernel(element: XmlElement): MetadataKernel {
  return {
    name: attribute(element, 'name'),
    language: attribute(element, 'language'),
    control: attribute(element, 'hwControlProtocol') || 'ap_ctrl_hs',
    arguments: descend(element, 'arg').map(argument),
    ports: descend(element, 'port').map((port) => ({
      name: attribute(port, 'name'),
      mode: attribute(port, 'mode'),
      dataBits: number(port, 'dataWidth'),
    })),
    instances: descend(element, 'instance').map((instance) => attribute(instance, 'name')),
  };
}

function readXml(section: SectionReader, text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (cause) {
    const why = cause instanceof TilewrightError ? cause.message : 'it is no XML';
    throw section.corrupt(why, 0, cause);
  }
}

/** Elements by the names on the way to them; none where a name is missing. */
function descend(root: XmlElement, ...path: readonly string[]): readonly XmlElement[] {
  let found: readonly XmlElement[] = [root];
  for (const name of path) {
    found = found.flatMap(({ children }) => children.filter((child) => child.name === name));
  }
  return found;
}

/** Reads the XML; a kernel's numbers must be numbers, whatever else may be missing. */
export function decodeEmbeddedMetadata(section: SectionReader): EmbeddedMetadata {
  const text = section.whole().replace(/\0+$/, '');
  const root = readXml(section, text);
  const from = root.name === 'project' ? [root] : [];
  const devices = from.flatMap((project) => descend(project, 'platform', 'device'));
  const cores = devices.flatMap((device) => descend(device, 'core'));
  const kernels = cores.flatMap((core) => descend(core, 'kernel').map(kernel));
  for (const { name, arguments: all } of kernels) {
    const bad = all.find(
      ({ id = 0, register, bytes }) => !(id >= 0 && register >= 0 && bytes >= 0),
    );
    if (bad === undefined) continue;
    throw section.corrupt(`kernel ${name}: argument ${bad.name} has numbers that are none`);
  }
  const device = devices.map((each) => attribute(each, 'fpgaDevice')).find((text) => text !== '');
  return {
    ...(device === undefined ? {} : { device }),
    kernels,
    clocks: cores
      .flatMap((core) => descend(core, 'kernelClocks', 'clock'))
      .map((clock) => ({
        name: attribute(clock, 'port'),
        mhz: Number.parseFloat(attribute(clock, 'frequency')) || 0,
      })),
  };
}

/**
 * The XML that XRT's hosts find kernels, arguments and compute units in, as v++ lays it out.
 * @param generator e.g. `tilewright 0.1.0`.
 */
export function encodeEmbeddedMetadata(platform: Platform, generator: string): Uint8Array {
  const { computeUnits } = platform;
  const manifests = new Map(computeUnits.map(({ manifest }) => [manifest.kernel, manifest]));
  const [vendor = '', board = '', major = '1', minor = '0'] = platform.name.split('_');
  const xml = renderTemplate(
    'codegen/package/xclbin/sections/embedded-metadata.xml.hbs',
    {
      project: computeUnits[0]?.manifest.kernel ?? 'tilewright',
      generator,
      vendor,
      board,
      major,
      minor,
      clockMhz: platform.clockMhz.toFixed(6),
      unitCount: computeUnits.length,
      kernels: [...manifests.values()].map(({ kernel, ports, arguments: all }) => ({
        kernel,
        ports: ports.map(({ name, dataBits, addressBits }) => ({
          name,
          dataBits,
          range: `0x${'F'.repeat(addressBits / 4)}`,
        })),
        arguments: all.map(argumentView),
        instances: computeUnits
          .filter(({ manifest }) => manifest.kernel === kernel)
          .map(({ instance, base }) => ({ instance, base: hexadecimal(base) })),
      })),
    },
    'xml',
  );
  return new TextEncoder().encode(xml);
}
