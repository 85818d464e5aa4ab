import type { KernelIR } from './ir.ts';

/** An argument and its place in the s_axi_control register map; a manifest's arguments are these. */
export type RegisteredArgument =
  | {
      readonly kind: 'scalar';
      readonly name: string;
      readonly type: { readonly signed: boolean; readonly width: number };
      readonly register: number;
      readonly bytes: 4 | 8;
    }
  | {
      readonly kind: 'memory';
      readonly name: string;
      readonly direction: 'read' | 'write';
      readonly element: { readonly signed: boolean; readonly width: number };
      readonly lanes: number;
      readonly port: string;
      readonly register: number;
    };

/** First argument register of an ap_ctrl kernel. */
const firstRegister = 0x10;

/** Register offsets as Vitis HLS lays them out: 8 bytes for a 32-bit value, 12 for a 64-bit one. */
export function registerMap(kernel: KernelIR): RegisteredArgument[] {
  let register = firstRegister;
  return kernel.argumentOrder.map((name): RegisteredArgument => {
    const at = register;
    const scalar = kernel.scalars.find((one) => one.name === name);
    if (scalar !== undefined) {
      const bytes = scalar.type.width <= 32 ? 4 : 8;
      register += bytes + 4;
      const { signed, width } = scalar.type;
      return { kind: 'scalar', name, type: { signed, width }, register: at, bytes };
    }
    const memory = kernel.memories.find((one) => one.name === name);
    if (memory === undefined) throw new Error(`argument ${name} is neither scalar nor memory`);
    register += 12;
    const { signed, width } = memory.element;
    return {
      kind: 'memory',
      name,
      direction: memory.direction,
      element: { signed, width },
      lanes: memory.beatBits / width,
      port: portName(name),
      register: at,
    };
  });
}

/** AXI4 master of a memory argument: `m_axi_<argument>`. */
export function portName(memory: string): string {
  return `m_axi_${memory}`;
}
