import type { Manifest } from '../manifest.ts';

const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(3, '0')}`;

/** Registers of the control interface: the protocol's own, and one an argument. Sizes in bits. */
export function packageRegisters(manifest: Manifest) {
  const own = [
    ['CTRL', 0x00, 'start, done, idle, ready'],
    ['GIER', 0x04, 'interrupts on'],
    ['IP_IER', 0x08, 'which interrupts'],
    ['IP_ISR', 0x0c, 'interrupts that are pending'],
  ] as const;
  return [
    ...own.map(([name, offset, text]) => ({
      name,
      offset: hexadecimal(offset),
      bits: 32,
      text,
      port: '',
    })),
    ...manifest.arguments.map((argument) => ({
      name: argument.name,
      offset: hexadecimal(argument.register),
      bits: argument.kind === 'memory' ? 64 : argument.bytes * 8,
      text: argument.kind === 'memory' ? 'address of the buffer' : 'value of the argument',
      port: argument.kind === 'memory' ? argument.port : '',
    })),
  ];
}
