import type { Parameter, Parameters } from '../language/kernel.ts';
import { TilewrightError } from '../support/errors.ts';

function allowed(parameter: Parameter): string {
  if (parameter.values?.length === 0)
    return 'one of no values at all: list them in the kernel file';
  if (parameter.values !== undefined) return `one of ${parameter.values.join(', ')}`;
  return `a whole number from ${parameter.min ?? 'any'} to ${parameter.max ?? 'any'}`;
}

/** The given parameters over the defaults, each checked against what the kernel declares. */
export function resolveParameters(
  kernel: string,
  declared: Parameters,
  given: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  const check = (name: string, value: number, parameter: Parameter, what: string): void => {
    const { min = -Infinity, max = Infinity } = parameter;
    const inside = parameter.values?.includes(value) ?? (value >= min && value <= max);
    if (Number.isInteger(value) && inside) return;
    throw new TilewrightError(`${kernel}: ${what}${name} = ${value} is out of range`, {
      code: 'PARAMETER_RANGE',
      hint: `${name} (${parameter.help}) is ${allowed(parameter)}.`,
    });
  };
  for (const [name, parameter] of Object.entries(declared)) {
    if (typeof parameter?.default !== 'number') {
      throw new TilewrightError(`${kernel}: its parameter ${name} has no default`, {
        code: 'PARAMETER_DECLARATION',
        hint: `Declare it as ${name}: { default: 8, min: 1, max: 64, help: '…' } in the kernel file.`,
      });
    }
    check(name, parameter.default, parameter, 'the default ');
    values[name] = parameter.default;
  }
  for (const [name, value] of Object.entries(given)) {
    const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (parameter === undefined) {
      const names = Object.keys(declared);
      throw new TilewrightError(`${kernel} has no parameter '${name}'`, {
        code: 'UNKNOWN_PARAMETER',
        hint: names.length > 0 ? `Its parameters are ${names.join(', ')}.` : 'It has none.',
      });
    }
    check(name, value, parameter, '');
    values[name] = value;
  }
  return values;
}

/** A combination of parameters that the kernel itself refuses, in its own words. */
export function checkCombination(
  kernel: string,
  refuse: ((values: Readonly<Record<string, number>>) => string | undefined) | undefined,
  values: Readonly<Record<string, number>>,
): void {
  let why: string | undefined;
  try {
    why = refuse?.(values);
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  if (why === undefined) return;
  const given = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  throw new TilewrightError(`${kernel} is not built with these parameters: ${why}`, {
    code: 'PARAMETER_COMBINATION',
    hint: `Choose others; these were ${given.join(', ')}.`,
  });
}
