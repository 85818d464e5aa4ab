import { arrayIndex } from './arrays.ts';
import { condition } from './conditions.ts';
import { argumentsFor, exactly, number, numberType } from './integers.ts';
import type { ProgramWriter } from './program-writer.ts';
import { assign, declare, statement } from './statements.ts';
import { annotation, type IntType, typeText } from './types.ts';
import { typed, type Value } from './value.ts';

function parametersOf(w: ProgramWriter): readonly IntType[] {
  return Array.from({ length: w.draw.integer(1, 3) }, () => numberType(w));
}

function listed(parameters: readonly IntType[]): string {
  return parameters.map((type, at) => `p${at}: ${typeText(type)}`).join(', ');
}

function define(w: ProgramWriter, parameters: readonly IntType[]): void {
  for (const [at, type] of parameters.entries()) w.define({ name: `p${at}`, type, mutable: false });
}

/** A function in front of the program: an expression, branches that return, or loops with returns. */
export function declareHelper(w: ProgramWriter): void {
  const { draw } = w;
  const name = w.unique('h');
  const parameters = parametersOf(w);
  const type = numberType(w);
  const kind = draw.pick(['plain', 'branches', 'loops'] as const);
  const text = w.inFunction(`function ${name}(${listed(parameters)}): ${typeText(type)}`, () => {
    define(w, parameters);
    w.budget = 4;
    if (kind === 'loops') {
      declare(w);
      w.returns = type;
      w.line(`for (let k = 0; k < ${draw.integer(2, 5)}; k++) {`);
      w.inBlock(() => {
        if (draw.chance(0.4)) w.line('pipeline();');
        w.within({ break: true, continue: true }, () => {
          w.line(`if (${condition(w, 1)}) return ${exactly(w, type, 1)};`);
          for (let n = draw.integer(1, 2); n > 0; n--) statement(w, 0);
          assign(w);
        });
      });
      w.line('}');
    } else if (kind === 'branches') {
      w.line(`if (${condition(w, 1)}) return ${exactly(w, type, 1)};`);
      w.line(`if (${condition(w, 1)}) {`);
      w.line(`  if (${condition(w, 1)}) return ${exactly(w, type, 1)};`);
      w.line(draw.chance(0.5) ? '}' : `} else return ${exactly(w, type, 1)};`);
    }
    w.line(`return ${exactly(w, type, 2)};`);
  });
  w.top.push(text);
  w.helpers.push({
    name,
    parameters,
    result: typed('', type),
    statement: kind === 'loops',
    local: false,
  });
}

/** A function within a process, which sees its variables. */
export function declareClosure(w: ProgramWriter): void {
  const name = w.fresh('f');
  const parameters = parametersOf(w);
  const texts: Value[] = [];
  const type = numberType(w);
  w.inBlock(() => {
    define(w, parameters);
    texts.push(number(w, 2));
  });
  w.line(`const ${name} = (${listed(parameters)}) => ${typeText(type)}(${texts[0].text});`);
  w.helpers.push({ name, parameters, result: typed('', type), statement: false, local: true });
}

/** A call that stands in a statement of its own, of a function with loops or with an array. */
export function statementCall(w: ProgramWriter): void {
  const known = w.helpers.filter((one) => one.statement);
  if (w.arrays.length > 0 && (known.length === 0 || w.draw.chance(0.4))) {
    arrayCall(w);
    return;
  }
  if (known.length === 0) {
    assign(w);
    return;
  }
  const { name, parameters, result } = w.draw.pick(known);
  const into = w.fresh('c');
  w.line(`const ${into} = ${name}(${argumentsFor(w, parameters as readonly IntType[], 1)});`);
  const type = numberType(w);
  w.define({ name: into, type, mutable: false, value: { ...result, text: into } });
}

/** A function that takes an array, changes an element and gives what it was. */
function arrayCall(w: ProgramWriter): void {
  const integers = w.arrays.filter(({ element }) => element.kind === 'int' && element.width <= 53);
  if (integers.length === 0) {
    assign(w);
    return;
  }
  const { name: of, element, length } = w.draw.pick(integers);
  const type = element as IntType;
  const given = numberType(w, 32);
  const name = w.unique('h');
  const text = w.inFunction(
    `function ${name}(a: LocalArray<${annotation(type)}>, i: number, x: ${typeText(given)}): ${typeText(type)}`,
    () => {
      w.line('const old = a[i];');
      w.define({ name: 'x', type: given, mutable: false });
      w.define({ name: 'old', type, mutable: false });
      w.line(`if (${condition(w, 0)}) return ${exactly(w, type, 1)};`);
      w.line(`a[i] = ${exactly(w, type, 2)};`);
      w.line('return old;');
    },
  );
  w.top.push(text);
  const into = w.fresh('c');
  w.line(`const ${into} = ${name}(${of}, ${arrayIndex(w, length)}, ${exactly(w, given, 1)});`);
  w.define({ name: into, type, mutable: false });
}
