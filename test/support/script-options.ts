import { TilewrightError } from '../../codegen/support/errors.ts';

/** The error of a wrong call of one of the repository's own scripts. @param script as one calls it. */
export function wrongOption(script: string, message: string): TilewrightError {
  const hint = `Run \`${script} --help\`.`;
  return new TilewrightError(message, { code: 'OPTION', hint, exitCode: 2 });
}

/** For `coerce` of yargs: a whole number from `least` on. @throws TilewrightError `OPTION`. */
export function wholeNumber(script: string, option: string, least: number) {
  return (value: unknown): number => {
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw wrongOption(script, `--${option} takes a whole number from ${least} on, not ${value}`);
  };
}
