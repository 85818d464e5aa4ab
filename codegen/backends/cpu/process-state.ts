import type { Type, VecType } from '../../ir/ir.ts';
import { type KernelPlan, namesIn, type ProcessPlan } from '../c-coroutines/plan.ts';
import { type ShiftRegister, shiftRegisters } from './shift-registers.ts';
import { chunkCount, chunkLanes, laneType, storedFormat } from './vector.ts';

/** The type in which a variable, an element or a field lies in memory: vectors as whole chunks. */
export function memberType(type: Type): string {
  if (type.kind === 'int') return laneType(storedFormat(type));
  const format = storedFormat(type.element);
  const lanes = chunkCount(type.lanes, format.bytes) * chunkLanes(type.lanes, format.bytes);
  return `lane_of<${laneType(format)}, ${lanes}>`;
}

/** The shift registers of a process, by name: those that last from run to run. */
export function registersOf({ process, lasting }: ProcessPlan): Map<string, ShiftRegister> {
  const found = shiftRegisters(process).filter(({ name }) => lasting.has(name));
  return new Map(found.map((one) => [one.name, one]));
}

/** Where lane 0 of each shift register is: a name of the function and of the state. */
export function firstNames(
  { scope, variables }: ReturnType<typeof namesIn>,
  registers: ReadonlyMap<string, ShiftRegister>,
): Map<string, string> {
  return new Map(
    [...registers.keys()].map((name) => [name, scope.claim(`${variables.get(name)}_first`)]),
  );
}

/** Lanes of a shift register in memory: its own, and as many of what follows, in whole chunks. */
function registerLanes(type: VecType): number {
  const { bytes } = storedFormat(type.element);
  const per = chunkLanes(type.lanes, bytes);
  return type.lanes + (chunkCount(type.lanes, bytes) + 1) * per;
}

/** The members of a process's state: its variables that last from run to run. */
export function stateMembers(plan: KernelPlan, own: ProcessPlan): string[] {
  const names = namesIn(plan, own);
  const firsts = firstNames(names, registersOf(own));
  return own.process.variables
    .filter(({ name }) => own.lasting.has(name))
    .flatMap(({ name, type }) => {
      const member = names.variables.get(name);
      const first = firsts.get(name);
      if (first === undefined || type.kind === 'int') return [`${memberType(type)} ${member}`];
      const lane = laneType(storedFormat(type.element));
      return [`lane_of<${lane}, ${registerLanes(type)}> ${member}`, `uint ${first}`];
    });
}
