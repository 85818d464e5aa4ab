import {
  bitsOf,
  type KernelIR,
  type Memory,
  type Process,
  type Span,
  type Stmt,
  typeText,
} from '../../ir/ir.ts';
import { allStatements } from '../../ir/visit.ts';
import { TilewrightError } from '../../support/errors.ts';
import { planMemory } from './memory-plan.ts';

function refuse(kernel: KernelIR, what: string, code: string, hint: string, span?: Span) {
  return new TilewrightError(`kernel ${kernel.name}: ${what}`, {
    code,
    hint,
    ...(span === undefined ? {} : { location: span }),
  });
}

function checkMemory(kernel: KernelIR, memory: Memory): void {
  const { beatBits, element, name, outstanding, span } = memory;
  // The widths that an AXI4 data bus has.
  if (beatBits < 32 || beatBits > 1024 || (beatBits & (beatBits - 1)) !== 0) {
    throw refuse(
      kernel,
      `memory ${name} has beats of ${beatBits} bits`,
      'HLS_BEAT_WIDTH',
      'An AXI4 beat has 32, 64, 128, 256, 512 or 1024 bits.',
      span,
    );
  }
  if (beatBits % element.width !== 0) {
    throw refuse(
      kernel,
      `memory ${name}: elements of ${element.width} bits do not fill a beat of ${beatBits}`,
      'HLS_BEAT_WIDTH',
      'Use elements of 8, 16, 32 or 64 bits.',
      span,
    );
  }
  if (outstanding < 1 || outstanding > 256) {
    throw refuse(
      kernel,
      `memory ${name} asks for ${outstanding} bursts in flight`,
      'HLS_OUTSTANDING',
      'Vitis HLS takes 1 to 256 for num_read_outstanding and num_write_outstanding.',
      span,
    );
  }
}

/** The values that a beat moves in and out of must be as wide as the beat. */
function checkBeats(kernel: KernelIR, process: Process, stmt: Stmt): void {
  if (stmt.kind !== 'receive' && stmt.kind !== 'send') return;
  const memory = kernel.memories.find(({ name }) => name === stmt.memory);
  const type =
    stmt.kind === 'send'
      ? stmt.value.type
      : process.variables.find(({ name }) => name === stmt.into)?.type;
  if (memory === undefined || type === undefined) {
    throw refuse(
      kernel,
      `process ${process.name} names a memory or a variable that is not there`,
      'IR_UNKNOWN_NAME',
      'This is a bug of tilewright: please report the kernel.',
      stmt.span,
    );
  }
  if (bitsOf(type) === memory.beatBits) return;
  throw refuse(
    kernel,
    `a beat of memory ${memory.name} has ${memory.beatBits} bits, ${typeText(type)} has ${bitsOf(type)}`,
    'HLS_BEAT_WIDTH',
    `Use a vector of ${memory.beatBits / memory.element.width} elements.`,
    stmt.span,
  );
}

/** @throws TilewrightError with the source line, where HLS C++ cannot express the kernel. */
export function validateKernel(kernel: KernelIR): void {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(kernel.name) || kernel.name.includes('__')) {
    throw refuse(
      kernel,
      'the name is not one that a C++ function can have',
      'HLS_NAME',
      'Use letters, digits and single underscores.',
    );
  }
  for (const memory of kernel.memories) {
    checkMemory(kernel, memory);
    planMemory(kernel, memory);
  }
  for (const process of kernel.processes) {
    for (const stmt of allStatements(process.body)) checkBeats(kernel, process, stmt);
  }
}
