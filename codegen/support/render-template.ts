import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { packageRoot } from './package-root.ts';

/** What a template is filled from: plain data, prepared by the caller. Templates compute nothing. */
export type TemplateView = Readonly<Record<string, unknown>>;

const compiled = new Map<string, Handlebars.TemplateDelegate>();

/**
 * Fills one of the package's Handlebars templates.
 * @param path of the template, relative to the package's root, e.g. `sim/icarus/bench.v.hbs`.
 * @param view its values; a name that the template uses and the view lacks is an error, since an
 * empty place in generated text would surface much later, as somebody else's syntax error.
 * @param escaping `xml` escapes values as XML text and attributes need it; by default nothing is.
 */
export function renderTemplate(
  path: string,
  view: TemplateView,
  escaping: 'none' | 'xml' = 'none',
): string {
  const key = `${escaping}:${path}`;
  let template = compiled.get(key);
  if (template === undefined) {
    const source = readFileSync(join(packageRoot(), path), 'utf8');
    template = Handlebars.compile(source, { noEscape: escaping === 'none', strict: true });
    compiled.set(key, template);
  }
  return template(view);
}
