/** What the table of operators cannot show, since the front end has resolved it: a name, and its text. */
const features: readonly (readonly [string, RegExp])[] = [
  ...(['floor', 'zero', 'half-up', 'half-even'] as const).flatMap((rounding) =>
    (['wrap', 'saturate'] as const).map(
      (overflow) =>
        [`fixed, ${rounding}, ${overflow}`, RegExp(`'${rounding}', '${overflow}'`)] as const,
    ),
  ),
  ['for', /\bfor \(/],
  ['while', /\bwhile \(/],
  ['switch', /\bswitch \(/],
  ['break', /\bbreak;/],
  ['continue', /\bcontinue;/],
  ['return in the middle', /\bif \(.*\breturn\b|^ {4,}return\b/m],
  ['pipeline()', /\bpipeline\((1?)\)/],
  ['pipeline(2…)', /\bpipeline\([2-9]/],
  ['unroll()', /\bunroll\(\)/],
  ['unroll(n)', /\bunroll\(\d/],
  ['array', /\barray\(/],
  ['array in block RAM', /storage: 'block'/],
  ['array in registers', /storage: 'registers'/],
  ['partition, cyclic', /scheme: 'cyclic'/],
  ['partition, block', /scheme: 'block'/],
  ['table', /\btable\(/],
  ['stream of records', /Stream<\{/],
  ['stream of vectors', /Stream<Vec</],
  ['memory of its own, read', /\.receive\(/],
  ['memory of its own, written', /\.response\(/],
  ['mulLow, mulHigh', /\bmul(Low|High)\(/],
  ['saturate()', /\.saturate\(/],
  ['print', /\bprint\(/],
  ['assert', /\bassert\(/],
];

/** How many of the programs have each feature of the language; 0 for those that none has. */
export function languageFeatures(sources: readonly string[]): Map<string, number> {
  return new Map(
    features.map(([name, text]) => [name, sources.filter((source) => text.test(source)).length]),
  );
}
