import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { packageRoot } from '../support/package-root.ts';
import { artefactStore } from '../support/store.ts';
import { readSource } from './source-files.ts';

/** What `tilewright/language` resolves to: what was built with this very code, else the sources beside it. */
export function languageEntry(): string {
  const built = join(packageRoot(), 'dist', 'language.mjs');
  const source = join(packageRoot(), 'codegen', 'language', 'index.ts');
  return import.meta.filename.endsWith('.ts') || !existsSync(built) ? source : built;
}

export interface RunFile {
  readonly exports: Readonly<Record<string, unknown>>;
  /** Every name of the file's top level, exported or not, as it is when all files have run. */
  readonly live: Readonly<Record<string, unknown>>;
}

const appended = '__tilewright';

/**
 * Runs a kernel's files in Node as they are, the first of them, and what it imports in the order that
 * Node gives them; import cycles work as they do there. Nothing is kept for the next run but packages, the
 * language itself and what was made of a text.
 */
export async function runFiles(files: readonly string[]): Promise<readonly RunFile[]> {
  const [main] = files;
  const scripts = new Map(
    await Promise.all(files.map(async (file) => [file, await scriptOf(file)] as const)),
  );
  const jiti = createJiti(main, {
    alias: { 'tilewright/language': languageEntry() },
    fsCache: false,
    moduleCache: true,
    interopDefault: false,
    transform: (options) => {
      const { filename = '', source } = options;
      const script = scripts.get(filename);
      if (script === undefined) return { code: plain.transform(options) };
      if (script.source === source && options.async === true) return { code: script.code };
      return { code: plain.transform({ ...options, source: withLiveExport(source) }) };
    },
  });
  const forget = () => {
    for (const file of files) delete jiti.cache[file];
  };
  forget();
  try {
    const modules: Record<string, unknown>[] = [];
    for (const file of files) modules.push(await jiti.import(file));
    return modules.map((exports) => ({
      exports,
      live: (exports[appended] ?? {}) as Readonly<Record<string, unknown>>,
    }));
  } finally {
    forget();
  }
}

const plain = createJiti(import.meta.url, { fsCache: false });

/** A file as JavaScript. */
interface Script {
  readonly source: string;
  readonly code: string;
}

const scriptFile = 'script.js';

/**
 * What a file is as JavaScript, from the artefact store where it was made before: Babel takes longer to load
 * than most kernels to run.
 */
async function scriptOf(file: string): Promise<Script> {
  const source = readSource(file);
  const make = (): string =>
    plain.transform({
      filename: file,
      source: withLiveExport(source),
      ts: /\.[cm]?tsx?$/.test(file),
      async: true,
      interopDefault: false,
    });
  const { version } = createRequire(import.meta.url)('jiti/package.json');
  const key = { text: withLiveExport(source), file, jiti: version, node: process.version };
  try {
    const { folder } = await artefactStore().build('script', key, async (to) => {
      const code = make();
      // A text with a syntax error: told when it runs, by name and line.
      if (code.includes('__JITI_ERROR__')) throw new Error(`${file} is not JavaScript`);
      writeFileSync(join(to, scriptFile), code);
    });
    return { source, code: readFileSync(join(folder, scriptFile), 'utf8') };
  } catch {
    // A store that nobody can write to is no reason not to run.
    return { source, code: make() };
  }
}

function withLiveExport(source: string): string {
  return `${source}\n;${liveExport(source)}\n`;
}

/** An export of everything on the top level, by getters: in a cycle some of it is defined later. */
function liveExport(source: string): string {
  const getters = topLevelNames(source).map(
    (name) => `get ${name}() { return typeof ${name} === 'undefined' ? undefined : ${name}; }`,
  );
  return `export const ${appended} = { ${getters.join(', ')} };`;
}

const name = /[\p{ID_Start}_$][\p{ID_Continue}$]*/u;

/** Top-level names that the appended export can mention: imports, constants, functions. */
function topLevelNames(source: string): string[] {
  const names = new Set<string>();
  // At the start of a line or behind another statement; a name that is not on the top level is undefined there.
  const declared =
    /(?:^|(?<=[;}]|\*\/)[ \t]*)(?:export\s+)?(?:default\s+)?(?:const\s+enum|enum|const|let|async\s+function|function)\s+([\p{ID_Start}_$][\p{ID_Continue}$]*)/gmu;
  for (const found of source.matchAll(declared)) {
    names.add(found[1]);
    const [rest] = /^(?:[^;\n]|\n(?!\S))*/.exec(source.slice(found.index + found[0].length)) ?? [];
    for (const one of furtherNames(rest ?? '')) names.add(one);
  }
  for (const found of source.matchAll(/^(?:export\s+)?(?:const|let)\s*(?=[{[])/gm)) {
    for (const one of patternNames(source.slice(found.index + found[0].length))) names.add(one);
  }
  for (const [, clause] of source.matchAll(/^import\s+(?!type\b)([^'"]*?)\sfrom\s/gm)) {
    const [, listed] = /\{([^}]*)\}/.exec(clause) ?? [];
    if (listed !== undefined) {
      addListed(
        listed,
        /^(?!type\s)(?:[\p{ID_Continue}$]+\s+as\s+)?([\p{ID_Start}_$][\p{ID_Continue}$]*)$/u,
        names,
      );
    }
    const rest = clause.replace(/\{[^}]*\}/, '');
    for (const part of rest.split(',')) {
      const found = name.exec(part.replace(/\*\s*as\s/, ''));
      if (found !== null) names.add(found[0]);
    }
  }
  return [...names].filter((one) => !reserved.test(one));
}

/** What a comment may have behind `let` and no name is. */
const reserved =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|finally|for|function|if|implements|import|in|instanceof|interface|let|new|package|private|protected|public|return|static|super|switch|throw|try|typeof|var|void|while|with|yield)$/;

/** Behind `const a`, those of `= 1, b = 2`; a default in it leaves a name that `typeof` finds undefined. */
function furtherNames(text: string): string[] {
  const further = /,\s*([\p{ID_Start}_$][\p{ID_Continue}$]*)\s*(?::[^=,()]*)?=(?![=>])/gu;
  return [...text.matchAll(further)].map(([, one]) => one);
}

/** The names of `{ a, b: c, d = 1, ...rest }` or `[x, , y]` at the start of a text. */
function patternNames(text: string): string[] {
  let depth = 0;
  let end = 0;
  do {
    if ('{[('.includes(text[end])) depth += 1;
    if ('}])'.includes(text[end])) depth -= 1;
    end += 1;
  } while (depth > 0 && end < text.length);
  const parts = text.slice(0, end).split(/[{}[\],]/);
  // Of `b: c = d` the c; a default that is more than a name leaves words that `typeof` finds undefined.
  const words = parts.map(
    (part) =>
      /^\s*(?:[\p{ID_Continue}$]+\s*:\s*|\.\.\.)?([\p{ID_Start}_$][\p{ID_Continue}$]*)/u.exec(
        part,
      )?.[1],
  );
  return words.filter((one) => one !== undefined);
}

function addListed(list: string, pattern: RegExp, names: Set<string>): void {
  for (const part of list.split(',')) {
    const found = pattern.exec(part.trim());
    if (found !== null) names.add(found[1]);
  }
}
