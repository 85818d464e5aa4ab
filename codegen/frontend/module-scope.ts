import { type ImportDeclaration, Node, type SourceFile } from 'ts-morph';
import { isBuiltin } from './builtins.ts';
import { namesOf } from './patterns.ts';
import { Scope } from './scope.ts';
import type { Value } from './values.ts';

const scopes = new WeakMap<SourceFile, Scope>();

/** Module specifier under which a kernel imports its language. */
export const languageModule = 'tilewright/language';

/** A file of a kernel, and its top-level names as they are when it runs in Node. */
export interface ModuleFile {
  readonly file: SourceFile;
  readonly live: Readonly<Record<string, unknown>>;
}

/**
 * The names of a kernel's files: what they import from each other and from elsewhere, their constants
 * (with the values that they have when the files run in Node) and their functions. What the files define
 * comes first, what they import second, since they may import each other.
 */
export function defineModuleScopes(files: readonly ModuleFile[]): void {
  for (const one of files) scopes.set(one.file, ownNames(one));
  for (const one of files) {
    for (const declaration of one.file.getImportDeclarations()) defineImports(declaration, one);
  }
}

export function moduleScope(file: SourceFile): Scope {
  const scope = scopes.get(file);
  if (scope === undefined) throw new Error(`no scope for ${file.getFilePath()}`);
  return scope;
}

function ownNames({ file, live }: ModuleFile): Scope {
  const scope = new Scope();
  const define = (name: string, value: Value) => scope.define(name, { kind: 'const', value });
  for (const declaration of file.getVariableDeclarations()) {
    const body = declaration.getInitializer();
    for (const name of namesOf(declaration.getNameNode())) {
      define(
        name,
        Node.isArrowFunction(body) || Node.isFunctionExpression(body)
          ? { kind: 'function', declaration: body, live: callable(live[name]) }
          : { kind: 'static', value: live[name] },
      );
    }
  }
  for (const declaration of file.getFunctions()) {
    const name = declaration.getName();
    if (name === undefined || !declaration.isImplementation()) continue;
    define(name, { kind: 'function', declaration, live: callable(live[name]) });
  }
  for (const declaration of file.getEnums()) {
    const name = declaration.getName();
    define(name, { kind: 'static', value: live[name] });
  }
  return scope;
}

function callable(value: unknown): (...args: unknown[]) => unknown {
  return value as (...args: unknown[]) => unknown;
}

function defineImports(declaration: ImportDeclaration, { file, live }: ModuleFile): void {
  const scope = moduleScope(file);
  const language = declaration.getModuleSpecifierValue() === languageModule;
  const target = language ? undefined : declaration.getModuleSpecifierSourceFile();
  const own = target !== undefined && scopes.has(target) ? target : undefined;
  const define = (name: string, exported: string) => {
    const builtin = language && isBuiltin(exported);
    const value = builtin
      ? ({ kind: 'builtin', name: exported } as const)
      : own === undefined
        ? outside(live[name])
        : (exportOf(own, exported) ?? outside(live[name]));
    scope.define(name, { kind: 'const', value });
  };
  for (const one of declaration.getNamedImports()) {
    define(one.getAliasNode()?.getText() ?? one.getName(), one.getName());
  }
  const byDefault = declaration.getDefaultImport()?.getText();
  if (byDefault !== undefined) define(byDefault, 'default');
  const all = declaration.getNamespaceImport()?.getText();
  if (all === undefined) return;
  const value = own === undefined ? namespaceOf(live[all], language) : exportsOf(own, []);
  scope.define(all, { kind: 'const', value });
}

/** What a package exports is known at compile time; without a value TypeScript has refused the import. */
function outside(value: unknown): Value {
  return value === undefined ? { kind: 'poison' } : { kind: 'static', value };
}

function namespaceOf(live: unknown, language: boolean): Value {
  const fields = Object.entries((live ?? {}) as Record<string, unknown>).map(
    ([key, value]): [string, Value] => [
      key,
      language && isBuiltin(key) ? { kind: 'builtin', name: key } : { kind: 'static', value },
    ],
  );
  return { kind: 'record', fields: new Map(fields) };
}

/** What one of a kernel's files exports under a name, wherever it is declared. */
function exportOf(file: SourceFile, name: string): Value | undefined {
  const [declaration] = file.getExportedDeclarations().get(name) ?? [];
  return declaration === undefined ? undefined : declared(declaration, [file]);
}

/** All that a file exports, as `import * as util` sees it. `above`: files that this is a part of. */
function exportsOf(file: SourceFile, above: readonly SourceFile[]): Value {
  const fields = new Map<string, Value>();
  for (const [name, [declaration]] of file.getExportedDeclarations()) {
    const value = declaration === undefined ? undefined : declared(declaration, [...above, file]);
    if (value !== undefined) fields.set(name, value);
  }
  return { kind: 'record', fields };
}

/** What a declaration stands for; undefined for types and for what is not a kernel's own. */
function declared(node: Node, above: readonly SourceFile[]): Value | undefined {
  if (Node.isSourceFile(node)) {
    return above.includes(node) || !scopes.has(node) ? undefined : exportsOf(node, above);
  }
  const scope = scopes.get(node.getSourceFile());
  if (Node.isArrowFunction(node) || Node.isFunctionExpression(node)) {
    return scope === undefined
      ? undefined
      : { kind: 'function', declaration: node, closure: scope };
  }
  const named =
    Node.isVariableDeclaration(node) ||
    Node.isFunctionDeclaration(node) ||
    Node.isBindingElement(node) ||
    Node.isEnumDeclaration(node);
  const name = named ? node.getName() : undefined;
  if (name === undefined) return undefined;
  if (scope === undefined) {
    return isBuiltin(name) && isLanguage(node.getSourceFile())
      ? { kind: 'builtin', name }
      : undefined;
  }
  const binding = scope.find(name);
  return binding?.kind === 'const' ? binding.value : undefined;
}

/** A file re-exports the language's own names. */
function isLanguage(file: SourceFile): boolean {
  return /codegen\/language\/|dist\/language/.test(file.getFilePath());
}
