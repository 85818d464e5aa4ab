import type { IntType, KernelIR } from './ir.ts';

/** `fraction` bits are behind the binary point; left out for integers. */
interface RegisteredType {
  readonly signed: boolean;
  readonly width: number;
  readonly fraction?: number;
}

function registered({ signed, width }: IntType, fraction: number | undefined): RegisteredType {
  return { signed, width, ...(fraction === undefined ? {} : { fraction }) };
}

/** An argument and its place in the s_axi_control register map; a manifest's arguments are these. */
export type RegisteredArgument =
  | {
      readonly kind: 'scalar';
      readonly name: string;
      readonly type: RegisteredType;
      readonly register: number;
      readonly bytes: 4 | 8;
    }
  | {
      readonly kind: 'memory';
      readonly name: string;
      readonly direction: 'read' | 'write';
      readonly element: RegisteredType;
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
      const type = registered(scalar.type, scalar.fraction);
      return { kind: 'scalar', name, type, register: at, bytes };
    }
    const memory = kernel.memories.find((one) => one.name === name);
    if (memory === undefined) throw new Error(`argument ${name} is neither scalar nor memory`);
    register += 12;
    return {
      kind: 'memory',
      name,
      direction: memory.direction,
      element: registered(memory.element, memory.fraction),
      lanes: memory.beatBits / memory.element.width,
      port: portName(name),
      register: at,
    };
  });
}

/** AXI4 master of a memory argument: `m_axi_<argument>`. */
export function portName(memory: string): string {
  return `m_axi_${memory}`;
}
