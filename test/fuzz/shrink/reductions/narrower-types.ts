import { type Identifier, SyntaxKind } from 'ts-morph';
import type { Change, Reduction } from '../reduction.ts';

const widths = [1, 8];

export const narrowerTypes: Reduction = {
  name: 'narrower-types',
  description: 'a type of fewer bits, everywhere in a function; unsigned for signed',
  changes({ file }) {
    const names = file
      .getDescendantsOfKind(SyntaxKind.Identifier)
      .filter((one) => /^[ui]\d+$/.test(one.getText()))
      .filter((one) => one.getFirstAncestorByKind(SyntaxKind.ImportDeclaration) === undefined);
    const groups = new Map<string, Identifier[]>();
    for (const one of names) {
      const owner = one.getFirstAncestorByKind(SyntaxKind.FunctionDeclaration)?.getStart() ?? -1;
      const key = `${owner} ${one.getText()}`;
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    return [...groups.values()].flatMap(narrowed);
  },
};

function narrowed(places: readonly Identifier[]): Change[] {
  const name = places[0].getText();
  const width = Number(name.slice(1));
  const types = widths.filter((one) => one < width).map((one) => `${name[0]}${one}`);
  if (name.startsWith('i')) types.push(`u${width}`);
  const site = { from: places[0].getStart(), to: places[places.length - 1].getEnd() };
  return types.map((type) => ({
    edits: places.map((one) => ({ from: one.getStart(), to: one.getEnd(), text: type })),
    site,
    needs: [type],
  }));
}
