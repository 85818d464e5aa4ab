import type { ManifestPort } from '../manifest.ts';

/** A signal of an AXI interface, as the kernel sees it. */
export interface AxiSignal {
  /** Lower case, e.g. `araddr`. */
  readonly name: string;
  readonly bits: number;
  readonly output: boolean;
}

/** Signals written `name:bits`, one bit where nothing is said. */
function signals(output: boolean, names: string): readonly AxiSignal[] {
  return names.split(' ').map((word) => {
    const [name = '', bits = '1'] = word.split(':');
    return { name, bits: Number(bits), output };
  });
}

/** The kernel's side of `s_axi_control`: 4 KiB of 32-bit registers. */
export function controlSignals(): readonly AxiSignal[] {
  return [
    ...signals(false, 'awaddr:12 awvalid wdata:32 wstrb:4 wvalid bready araddr:12 arvalid rready'),
    ...signals(true, 'awready wready bresp:2 bvalid arready rdata:32 rresp:2 rvalid'),
  ];
}

/** The kernel's side of a port: the channels that reading or writing takes, without ids. */
export function axiSignals(port: ManifestPort): readonly AxiSignal[] {
  const { direction, dataBits, addressBits } = port;
  const address = (channel: string) => [
    ...signals(true, `${channel}valid ${channel}addr:${addressBits} ${channel}len:8`),
    ...signals(true, `${channel}size:3 ${channel}burst:2`),
    ...signals(false, `${channel}ready`),
  ];
  if (direction === 'read') {
    return [
      ...address('ar'),
      ...signals(false, `rvalid rdata:${dataBits} rresp:2 rlast`),
      ...signals(true, 'rready'),
    ];
  }
  return [
    ...address('aw'),
    ...signals(true, `wvalid wdata:${dataBits} wstrb:${dataBits / 8} wlast bready`),
    ...signals(false, 'wready bvalid bresp:2'),
  ];
}
