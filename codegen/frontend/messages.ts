// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what to write instead is a template
import { type Expression, Node } from 'ts-morph';
import type { Expr, Message } from '../ir/ir.ts';
import type { BuiltinCall } from './builtins.ts';
import { fail } from './diagnostics.ts';
import { evaluate } from './expressions.ts';
import { truth } from './operators.ts';
import { spanOf } from './source-span.ts';
import { staticOf, toHardware, type Value } from './values.ts';

const nothing: Value = { kind: 'static', value: undefined };

/** `print(text)`: a statement of the process. */
export function printCall(call: BuiltinCall): Value {
  const message = checked(messageOf(call, 0), call);
  if (message !== undefined) call.builder.emit({ kind: 'print', ...message, span: call.span });
  return nothing;
}

/** `assert(condition, text)`: a statement of the process; one that is known to hold is none. */
export function assertCall(call: BuiltinCall): Value {
  const [node] = call.argNodes;
  if (node === undefined) {
    fail('TW1018', call.span, 'argument 1 is missing', 'Write assert(condition, `text ${value}`).');
  }
  const value = evaluate(node, call.scope, call.builder);
  const message = checked(messageOf(call, 1), call);
  if (value.kind === 'poison' || message === undefined) return nothing;
  const known = staticOf(value);
  if (known?.value) return nothing;
  if (known !== undefined && message.values.length === 0) {
    fail(
      'TW3007',
      call.span,
      `this assertion fails: ${message.text[0]}`,
      'Choose other parameters.',
    );
  }
  const condition = truth(toHardware(value, call.span), call.span);
  call.builder.emit({ kind: 'assert', condition, ...message, span: call.span });
  return nothing;
}

/** A text as pieces and the integers between them; undefined where a value is known to be wrong. */
function messageOf(call: BuiltinCall, at: number): Message | undefined {
  const node = call.argNodes[at];
  if (node === undefined) {
    fail('TW1018', call.span, `argument ${at + 1} is missing`, 'Say what happened: `row ${row}`.');
  }
  if (!Node.isTemplateExpression(node)) {
    const known = staticOf(evaluate(node, call.scope, call.builder));
    if (typeof known?.value === 'string') return { text: [known.value], values: [] };
    fail(
      'TW3008',
      spanOf(node),
      'the text is neither a string nor a template',
      'Write `row ${row} has ${count} ids`.',
    );
  }
  const text = [node.getHead().getLiteralText()];
  const values: Expr[] = [];
  for (const part of node.getTemplateSpans()) {
    const value = evaluate(part.getExpression(), call.scope, call.builder);
    if (value.kind === 'poison') return undefined;
    const known = value.kind === 'static' ? value : undefined;
    if (known !== undefined) text[text.length - 1] += String(known.value);
    else {
      values.push(inText(part.getExpression(), value));
      text.push('');
    }
    text[text.length - 1] += part.getLiteral().getLiteralText();
  }
  return { text, values };
}

/** Verilog's strings hold ASCII, and the log has one line a message. */
function checked(message: Message | undefined, call: BuiltinCall): Message | undefined {
  const odd = message?.text.join('').match(/[^\x20-\x7e]/u)?.[0];
  if (odd === undefined) return message;
  fail(
    'TW3008',
    call.span,
    `the text holds ${JSON.stringify(odd)}, which a simulator cannot write`,
    'Use printable ASCII characters, on one line.',
  );
}

function inText(node: Expression, value: Value): Expr {
  const span = spanOf(node);
  const { expr } = toHardware(value, span);
  if (expr.type.kind === 'vec') {
    fail('TW3008', span, 'a whole vector in a text', 'Name its lanes: `${v[0]} ${v[1]}`.');
  }
  const type = node.getType();
  if (type.isBoolean() || type.isBooleanLiteral()) {
    fail('TW3008', span, 'a condition in a text', 'Write it as a number: ${u1(a < b)}.');
  }
  return expr;
}
