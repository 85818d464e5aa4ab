import { renderTemplate } from '../../support/render-template.ts';
import type { Manifest } from '../manifest.ts';
import { type AxiSignal, axiSignals, controlSignals } from './axi-signals.ts';

/** No process of a kernel can be called `kernel`, so no module of its own has this name. */
export function wrapperModule({ kernel }: Pick<Manifest, 'kernel'>): string {
  return `${kernel}_kernel`;
}

/**
 * The module that is packaged: wires around the kernel's own top module, which stays as it was simulated.
 *
 * `v++` wants the interrupt to be called `interrupt` exactly (UG1393, "Kernel Interface Requirements"),
 * which is a word of C++ to Verilator, so the kernel calls it otherwise. And the packager is told each
 * interface by attributes (UG994, "List of Supported X_ Attributes") rather than left to guess it: the ports
 * read or write only, in increasing bursts of whole beats with one id.
 */
export function kernelWrapper(manifest: Manifest): string {
  const interfaces = [
    { name: 's_axi_control', parameters: [], signals: controlSignals() },
    ...manifest.ports.map((port) => ({
      name: port.name,
      parameters: [
        `READ_WRITE_MODE ${port.direction === 'read' ? 'READ_ONLY' : 'WRITE_ONLY'}`,
        'SUPPORTS_NARROW_BURST 0',
        'HAS_BURST 0',
        `NUM_${port.direction.toUpperCase()}_OUTSTANDING ${port.outstanding}`,
      ],
      signals: axiSignals(port),
    })),
  ];
  const range = ({ bits }: AxiSignal) => (bits === 1 ? '' : `[${bits - 1}:0] `);
  return renderTemplate('codegen/package/vitis/templates/kernel_wrapper.v.hbs', {
    kernel: manifest.kernel,
    module: wrapperModule(manifest),
    buses: interfaces.map(({ name }) => name).join(':'),
    ports: interfaces.flatMap(({ name, parameters, signals }) =>
      signals.map((signal, index) => ({
        port: `${name}_${signal.name}`,
        bus: name,
        signal: signal.name.toUpperCase(),
        direction: signal.output ? 'output' : 'input ',
        range: range(signal),
        // The packager takes an interface's parameters from one of its signals.
        parameters: index === 0 ? [`XIL_INTERFACENAME ${name}`, ...parameters].join(', ') : '',
      })),
    ),
  });
}
