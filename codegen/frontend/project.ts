import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, ModuleResolutionKind, Project, ScriptTarget, type SourceFile } from 'ts-morph';
import { packageRoot } from '../support/package-root.ts';
import type { Diagnostic } from './diagnostics.ts';
import { sourceName } from './source-name.ts';

let project: Project | undefined;

/** One project for all kernels of this process, so that the library's types are parsed once. */
function theProject(): Project {
  const types = join(packageRoot(), 'codegen', 'language', 'index.ts');
  const language = existsSync(types) ? types : join(packageRoot(), 'dist', 'language.d.mts');
  project ??= new Project({
    skipAddingFilesFromTsConfig: true,
    skipLoadingLibFiles: false,
    compilerOptions: {
      target: ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts'],
      module: ModuleKind.ESNext,
      moduleResolution: ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      types: [],
      paths: { 'tilewright/language': [language] },
    },
  });
  return project;
}

export function parseKernel(file: string, source: string): SourceFile {
  return theProject().createSourceFile(file, source, { overwrite: true });
}

/** TypeScript's own errors in the kernel file, as diagnostics of ours. */
export function checkTypes(file: SourceFile): Diagnostic[] {
  return file.getPreEmitDiagnostics().map((one) => {
    const { line, column } = file.getLineAndColumnAtPos(one.getStart() ?? 0);
    let text = one.getMessageText();
    const parts: string[] = [];
    while (typeof text !== 'string') {
      parts.push(text.getMessageText());
      const next = text.getNext()?.[0];
      if (next === undefined) break;
      text = next;
    }
    if (typeof text === 'string') parts.push(text);
    return {
      code: `TS${one.getCode()}`,
      span: { file: sourceName(file.getFilePath()), line, column },
      message: parts.join(' '),
      hint: 'TypeScript refuses this; a value gets a width by naming its type, e.g. u8(x).',
    };
  });
}
