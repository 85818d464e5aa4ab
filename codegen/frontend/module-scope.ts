import { dirname, join } from 'node:path';
import { Node, type SourceFile } from 'ts-morph';
import { isBuiltin } from './builtins.ts';
import { Scope } from './scope.ts';
import type { Value } from './values.ts';

const scopes = new WeakMap<SourceFile, Scope>();

/** Module specifier under which a kernel imports its language. */
export const languageModule = 'tilewright/language';

/**
 * The names of a kernel file: what it imports, its constants (with the values they have when the file
 * runs in Node) and its functions.
 */
export function defineModuleScope(
  file: SourceFile,
  live: Readonly<Record<string, unknown>>,
): Scope {
  const scope = new Scope();
  for (const declaration of file.getImportDeclarations()) {
    const specifier = declaration.getModuleSpecifierValue();
    const language = specifier === languageModule;
    // Files of the kernel's own: the very functions and constants that they define.
    const other = file.getProject().getSourceFile(join(dirname(file.getFilePath()), specifier));
    const names = other === undefined ? undefined : scopes.get(other);
    for (const one of declaration.getNamedImports()) {
      const name = one.getAliasNode()?.getText() ?? one.getName();
      const shared = names?.find(one.getName());
      if (shared !== undefined) {
        scope.define(name, shared);
        continue;
      }
      const value: Value =
        language && isBuiltin(one.getName())
          ? { kind: 'builtin', name: one.getName() }
          : name in live && live[name] !== undefined
            ? { kind: 'static', value: live[name] }
            : // TypeScript has refused the import already.
              { kind: 'poison' };
      scope.define(name, { kind: 'const', value });
    }
  }
  for (const declaration of file.getVariableDeclarations()) {
    const name = declaration.getName();
    const body = declaration.getInitializer();
    const value: Value =
      Node.isArrowFunction(body) || Node.isFunctionExpression(body)
        ? {
            kind: 'function',
            declaration: body,
            live: live[name] as (...args: unknown[]) => unknown,
          }
        : { kind: 'static', value: live[name] };
    scope.define(name, { kind: 'const', value });
  }
  for (const declaration of file.getFunctions()) {
    const name = declaration.getName();
    if (name === undefined) continue;
    const value: Value = {
      kind: 'function',
      declaration,
      live: live[name] as (...args: unknown[]) => unknown,
    };
    scope.define(name, { kind: 'const', value });
  }
  scopes.set(file, scope);
  return scope;
}

export function moduleScope(file: SourceFile): Scope {
  const scope = scopes.get(file);
  if (scope === undefined) throw new Error(`no scope for ${file.getFilePath()}`);
  return scope;
}
