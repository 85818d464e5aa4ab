import { TilewrightError } from '../support/errors.ts';
import { renderTemplate } from '../support/render-template.ts';
import type { Manifest, ManifestArgument, ManifestType } from './manifest.ts';

/** `addressQualifier`: what kind of argument XRT has to hand over. */
const scalarArgument = 0;
const globalMemory = 1;

export const hexadecimal = (value: number | bigint): string => `0x${value.toString(16)}`;

/** The C type that the value or the elements have in the host's memory, as OpenCL sizes it. */
function cType({ signed, width }: ManifestType): string {
  const names = [
    [8, 'char'],
    [16, 'short'],
    [32, 'int'],
    [64, 'long'],
  ] as const;
  const name = names.find(([bits]) => width <= bits)?.[1] ?? 'long';
  return signed ? name : `unsigned ${name}`;
}

/** An argument as kernel.xml and an xclbin's metadata write it. */
export function argumentView(
  argument: ManifestArgument,
  id: number,
): Record<string, string | number> {
  const { name } = argument;
  const offset = hexadecimal(argument.register);
  if (argument.kind === 'memory') {
    const type = `${cType(argument.element)}*`;
    const size = hexadecimal(8);
    return { name, id, offset, type, size, addressQualifier: globalMemory, port: argument.port };
  }
  // A register is 4 or 8 bytes, and XRT copies `size` bytes of the host's value into it.
  const type = cType({ signed: argument.type.signed, width: argument.bytes * 8 });
  const size = hexadecimal(argument.bytes);
  return { name, id, offset, type, size, addressQualifier: scalarArgument, port: 's_axi_control' };
}

/**
 * The kernel.xml that goes into a kernel's .xo and tells the linker and XRT its ports and arguments
 * (UG1393, "RTL Kernel XML File", format 1.6). Same manifest, same bytes.
 * @throws TilewrightError `KERNEL_XML` when an argument's port is none of the manifest's.
 */
export function kernelXml(manifest: Manifest): string {
  for (const argument of manifest.arguments) {
    if (argument.kind !== 'memory') continue;
    if (manifest.ports.some(({ name }) => name === argument.port)) continue;
    throw new TilewrightError(
      `${manifest.kernel}: argument ${argument.name} is behind ${argument.port}, which is no port`,
      { code: 'KERNEL_XML', hint: 'List the port in the manifest.' },
    );
  }
  return renderTemplate(
    'codegen/package/kernel.xml.hbs',
    {
      kernel: manifest.kernel,
      vlnv: `tilewright:kernel:${manifest.kernel}:1.0`,
      ports: manifest.ports.map(({ name, dataBits, addressBits }) => ({
        name,
        dataBits,
        range: `0x${'F'.repeat(addressBits / 4)}`,
      })),
      arguments: manifest.arguments.map(argumentView),
    },
    'xml',
  );
}
