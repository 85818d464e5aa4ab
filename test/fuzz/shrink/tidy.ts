import { Project } from 'ts-morph';

let project: Project | undefined;

/** A text as a person would lay it out, after much was cut out of it. */
export function tidy(source: string): string {
  project ??= new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  const file = project.createSourceFile('kernel.ts', source, { overwrite: true });
  file.formatText({ indentSize: 2, convertTabsToSpaces: true });
  const [imports = '', ...rest] = file.getFullText().split(/(?<=from 'tilewright\/language';)/);
  const text = [imports.replace(/\s+/g, ' ').trim(), ...rest].join('');
  return `${text
    .replace(/,\s*([)\]}])/g, (_all, close: string) => (close === '}' ? ' }' : close))
    .replace(/[ \t]+$/gm, '')
    .replace(/^\s*;\n/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trim()}\n`;
}
