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

/** A file that was parsed before with the same text is kept: its types are known by then. */
export function parseKernel(file: string, source: string): SourceFile {
  const known = theProject().getSourceFile(file);
  if (known !== undefined && known.getFullText() === source) return known;
  return theProject().createSourceFile(file, source, { overwrite: true });
}

/** Files that changed: what was parsed of them is not used again. */
export function forgetParsed(files: readonly string[]): void {
  for (const file of files) theProject().getSourceFile(file)?.forget();
}

/** The way out, for the errors of TypeScript that a kernel's author meets most. */
function hintFor(code: number, message: string): string {
  if (code < 2000) return 'This is no valid TypeScript: correct it here or just before.';
  if (code === 2307) {
    return 'A kernel imports tilewright/language, and its own files by a relative path: ./util.ts.';
  }
  if (code === 2304 || code === 2552 || code === 2305 || code === 2724) {
    return 'Declare the name, or import it from tilewright/language.';
  }
  if (code === 2339 || code === 2551) return 'See docs/kernel-language.md for what there is.';
  if (code === 2345 && /parameter of type 'string'/.test(message)) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what to write is a template
    return 'Put the value into a text: `x is ${x}`.';
  }
  const number = /^(Type|Argument of type) '(number|bigint|[ui]\d+|(Int|Fixed|BigFixed|Vec)<.*>)'/;
  if ((code === 2322 || code === 2345) && number.test(message)) {
    return 'TypeScript refuses this; a value gets a width by naming its type, e.g. u8(x).';
  }
  if (code === 2322 && /^Type 'boolean'/.test(message)) {
    return 'A comparison is a boolean; store it as a number: u1(a < b).';
  }
  if (code === 2542) return 'Vectors are values: v = v.with(lane, x).';
  if (code === 2584) return 'A kernel has no console: print(text) writes to the log of a run.';
  if (code === 2365 && /'([ui](5[4-9]|6[0-4])|BigInteger<.*>|bigint)'/.test(message)) {
    return 'Above 53 bits values are bigints, and so must be what stands beside them: u64(x), 3n.';
  }
  return 'TypeScript itself refuses this.';
}

/** TypeScript's own errors in the kernel file, as diagnostics of ours. */
export function checkTypes(file: SourceFile): Diagnostic[] {
  const program = file.getProject().getProgram();
  const syntactic = program.getSyntacticDiagnostics(file);
  // A file that does not parse has no types worth reporting.
  const found = syntactic.length > 0 ? syntactic : file.getPreEmitDiagnostics();
  return found.map((one) => {
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
      // How branded types differ inside says nothing to a kernel's author.
      message: parts.filter((part, at) => at === 0 || !part.includes('[brand]')).join(' '),
      hint: hintFor(one.getCode(), parts[0] ?? ''),
    };
  });
}
