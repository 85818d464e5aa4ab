import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import type { Manifest, ManifestPort } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { packageRoot } from '../codegen/support/package-root.ts';

export interface GlueView {
  readonly kernel: string;
  /** C++ member of the Verilated top for the port `interrupt`. */
  readonly interrupt: string;
  readonly reads: readonly GluePort[];
  readonly writes: readonly GluePort[];
}

interface GluePort {
  readonly name: string;
  /** Prefix of the Verilated members of this port. */
  readonly signal: string;
  /** C++ member of the generated class. */
  readonly member: string;
  /** Place in `manifest.ports`. */
  readonly index: number;
}

/** A Verilog name as Verilator spells it in C++: it keeps double underscores for itself. */
function verilatedName(name: string): string {
  return name.replaceAll('__', '___05F');
}

/**
 * The member of the kernel's interrupt, a port that Verilator renames: it takes the name for a word of
 * C++.
 * @param header text of the generated `Vtop.h`.
 * @throws TilewrightError `SIM_PORT` when the kernel has no such port.
 */
export function interruptMember(kernel: string, header: string): string {
  const member = /VL_OUT8\(&(\w*interrupt),/.exec(header)?.[1];
  if (member !== undefined) return member;
  throw new TilewrightError(`${kernel}: the Verilog has no output called interrupt`, {
    code: 'SIM_PORT',
    hint: 'Generate it again: the simulator learns from it that a run is done.',
  });
}

function checkPort(kernel: string, port: ManifestPort): void {
  if (port.dataBits === 512 && port.addressBits === 64) return;
  throw new TilewrightError(
    `${kernel}: port ${port.name} has ${port.dataBits} data and ${port.addressBits} address bits; ` +
      'the simulator knows ports of 512 and 64',
    { code: 'SIM_PORT', hint: 'Give the memory the default beat of 512 bits.' },
  );
}

export function glueView(manifest: Manifest, interrupt: string): GlueView {
  const ports = (direction: ManifestPort['direction']) =>
    manifest.ports.flatMap((port, index) => {
      if (port.direction !== direction) return [];
      checkPort(manifest.kernel, port);
      const signal = verilatedName(port.name);
      return [{ name: port.name, signal, member: `port${index}`, index }];
    });
  return { kernel: manifest.kernel, interrupt, reads: ports('read'), writes: ports('write') };
}

/** Folder of the C++ harness. */
export function harnessFolder(): string {
  return join(packageRoot(), 'sim', 'cpp');
}

/** The C++ that binds a kernel's Verilated top to the harness. */
export function renderGlue(view: GlueView): string {
  const file = join(packageRoot(), 'sim', 'templates', 'model.cpp.hbs');
  const template = Handlebars.compile<GlueView>(readFileSync(file, 'utf8'), {
    noEscape: true,
    strict: true,
  });
  return template(view);
}
