import { join } from 'node:path';
import type { Manifest, ManifestPort } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { packageRoot } from '../codegen/support/package-root.ts';
import { renderTemplate } from '../codegen/support/render-template.ts';
import type { ProfileView } from './profile-glue.ts';

export interface GlueView {
  readonly kernel: string;
  /** C++ member of the Verilated top for the port `interrupt`. */
  readonly interrupt: string;
  readonly reads: readonly GluePort[];
  readonly writes: readonly GluePort[];
  readonly streams: readonly GlueStream[];
  /** Signals `watch_since` of the processes below the Verilated root; empty where not all have one. */
  readonly watches: readonly string[];
  /** Null in a model that counts nothing. */
  readonly profile: ProfileView | null;
}

/** A FIFO between two processes, looked at only when the kernel is stuck. */
interface GlueStream {
  readonly name: string;
  /** Path of its instance below the Verilated root. */
  readonly path: string;
}

/** What is known of the Verilated top only once Verilator has run. */
export interface VerilatedNames {
  readonly interrupt: string;
  /** Paths of the instances of `tw_fifo`. */
  readonly fifos: readonly string[];
  /** Signals in which processes keep when they moved last. */
  readonly watches: readonly string[];
  /** Every signal of one bit that the root holds. */
  readonly bits: ReadonlySet<string>;
}

interface GluePort {
  readonly name: string;
  /** Prefix of the Verilated members of this port, its underscore included: it may be one of two. */
  readonly signal: string;
  /** C++ member of the generated class. */
  readonly member: string;
  /** Place in `manifest.ports`. */
  readonly index: number;
  /** Bursts that the kernel keeps in flight at most. */
  readonly outstanding: number;
}

/** A Verilog name as Verilator spells it in C++: it keeps double underscores for itself. */
export function verilatedName(name: string): string {
  return name.replaceAll('__', '___05F');
}

/** Makes the state of every FIFO readable from C++. */
export const fifoVisibility = ['full', 'empty']
  .map((signal) => `public_flat_rd -module "tw_fifo" -var "${signal}"\n`)
  .join('')
  .replace(/^/, '`verilator_config\n');

/** The macro under which the Verilog tells what its processes wait for (see emit-watch.ts). */
export const watchMacro = 'TILEWRIGHT_WATCH';

/** Makes the time of each process's last move readable from C++. */
export function watchVisibility({ kernel }: Manifest): string {
  return `\`verilator_config\npublic_flat_rd -module "${kernel}_*" -var "watch_since"\n`;
}

/**
 * Names that Verilator chose. The port `interrupt` is renamed: it is taken for a word of C++.
 * @param top text of the generated `Vtop.h`.
 * @param root text of the generated `Vtop___024root.h`.
 * @throws TilewrightError `SIM_PORT` when the kernel has no output `interrupt`.
 */
export function verilatedNames(kernel: string, top: string, root: string): VerilatedNames {
  const interrupt = /VL_OUT8\(&(\w*interrupt),/.exec(top)?.[1];
  if (interrupt === undefined) {
    throw new TilewrightError(`${kernel}: the Verilog has no output called interrupt`, {
      code: 'SIM_PORT',
      hint: 'Generate it again: the simulator learns from it that a run is done.',
    });
  }
  const members = new Set([...root.matchAll(/CData\/\*0:0\*\/ (\w+);/g)].map(([, name]) => name));
  const fifos = [...members].flatMap((name) => {
    const path = /^(\w+)__DOT__full$/.exec(name)?.[1];
    return path !== undefined && members.has(`${path}__DOT__empty`) ? [path] : [];
  });
  const watches = [...root.matchAll(/QData\/\*63:0\*\/ (\w+__DOT__watch_since);/g)];
  return { interrupt, fifos, watches: watches.map(([, name]) => name), bits: members };
}

/** The FIFO of a stream: an instance of the stream's name, `fifo` before or after it or not. */
function streamsOf(manifest: Manifest, fifos: readonly string[]): readonly GlueStream[] {
  return manifest.streams.flatMap(({ name }) => {
    const own = verilatedName(name);
    const names = [own, `fifo_${own}`, `${own}_fifo`, `stream_${own}`, `${own}_stream`];
    const path = fifos.find((fifo) => names.includes(fifo.split('__DOT__').at(-1) ?? ''));
    return path === undefined ? [] : [{ name, path }];
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

/** @param profile as `profileView` finds it; null for a model that counts nothing. */
export function glueView(
  manifest: Manifest,
  names: VerilatedNames,
  profile: ProfileView | null = null,
): GlueView {
  const ports = (direction: ManifestPort['direction']) =>
    manifest.ports.flatMap((port, index) => {
      if (port.direction !== direction) return [];
      checkPort(manifest.kernel, port);
      const signal = verilatedName(`${port.name}_`);
      const { name, outstanding } = port;
      return [{ name, signal, member: `port${index}`, index, outstanding }];
    });
  return {
    kernel: manifest.kernel,
    interrupt: names.interrupt,
    reads: ports('read'),
    writes: ports('write'),
    streams: streamsOf(manifest, names.fifos),
    watches: names.watches.length === manifest.processes.length ? names.watches : [],
    profile,
  };
}

/** Folder of the C++ harness. */
export function harnessFolder(): string {
  return join(packageRoot(), 'sim', 'cpp');
}

/** The C++ that binds a kernel's Verilated top to the harness. */
export function renderGlue(view: GlueView): string {
  return renderTemplate('sim/templates/model.cpp.hbs', { ...view });
}
