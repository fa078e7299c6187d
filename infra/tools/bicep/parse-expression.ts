import type { Expression, Property } from './syntax-tree.ts';
import { readTokens, type TokenReader } from './token-reader.ts';

/** From the weakest to the strongest; the ternary is weaker than all of them. */
const BINARY: readonly (readonly string[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!=', '=~', '!~'],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

export function parseExpression(reader: TokenReader): Expression {
  const { line } = reader.peek();
  const condition = parseBinary(reader, 0);
  if (!reader.takeSign('?')) return condition;
  reader.skipNewlines();
  const whenTrue = parseExpression(reader);
  reader.skipNewlines();
  reader.expectSign(':');
  reader.skipNewlines();
  return { kind: 'ternary', line, condition, whenTrue, whenFalse: parseExpression(reader) };
}

function parseBinary(reader: TokenReader, level: number): Expression {
  const operators = BINARY[level];
  if (operators === undefined) return parseUnary(reader);
  let left = parseBinary(reader, level + 1);
  while (reader.isSign(...operators)) {
    const token = reader.next();
    const operator = token.kind === 'sign' ? token.text : '';
    left = { kind: 'binary', line: token.line, operator, left, right: parseBinary(reader, level + 1) };
  }
  return left;
}

function parseUnary(reader: TokenReader): Expression {
  const line = reader.line();
  if (reader.takeSign('!')) return { kind: 'unary', line, operator: '!', operand: parseUnary(reader) };
  if (reader.takeSign('-')) return { kind: 'unary', line, operator: '-', operand: parseUnary(reader) };
  return parsePostfix(reader);
}

function parsePostfix(reader: TokenReader): Expression {
  let expression = parsePrimary(reader);
  for (;;) {
    const line = reader.line();
    const safe = reader.takeSign('.?');
    if (safe || reader.takeSign('.')) {
      expression = { kind: 'member', line, of: expression, property: reader.expectName(), safe };
    } else if (reader.takeSign('[')) {
      expression = { kind: 'index', line, of: expression, index: parseExpression(reader) };
      reader.expectSign(']');
    } else return expression;
  }
}

function parsePrimary(reader: TokenReader): Expression {
  const line = reader.line();
  const token = reader.peek();
  if (token.kind === 'number') {
    reader.next();
    return { kind: 'literal', line, value: token.value };
  }
  if (token.kind === 'string') return parseText(reader);
  if (token.kind === 'name') return parseName(reader);
  if (reader.isSign('{')) return parseObject(reader);
  if (reader.isSign('[')) return parseArray(reader);
  if (reader.isSign('(')) return parseParentheses(reader);
  return reader.fail('an expression is expected');
}

function parseText(reader: TokenReader): Expression {
  const token = reader.next();
  if (token.kind !== 'string') return reader.fail('text is expected');
  const { line, parts } = token;
  if (parts.every((part) => typeof part === 'string')) return { kind: 'literal', line, value: parts.join('') };
  return {
    kind: 'interpolation',
    line,
    parts: parts.map((part) => {
      if (typeof part === 'string') return part;
      const inner = readTokens(part, reader.file);
      const expression = parseExpression(inner);
      if (inner.peek().kind !== 'end') inner.fail('there is more than one expression between the braces');
      return expression;
    }),
  };
}

const WORDS: Readonly<Record<string, true | false | null>> = { true: true, false: false, null: null };

function parseName(reader: TokenReader): Expression {
  const line = reader.line();
  const name = reader.expectName();
  if (name in WORDS) return { kind: 'literal', line, value: WORDS[name] ?? null };
  if (reader.takeSign('=>')) return { kind: 'lambda', line, parameters: [name], body: parseExpression(reader) };
  if (!reader.takeSign('(')) return { kind: 'name', line, name };
  const args: Expression[] = [];
  reader.skipNewlines();
  while (!reader.takeSign(')')) {
    if (args.length > 0) reader.expectSign(',');
    reader.skipNewlines();
    args.push(parseExpression(reader));
    reader.skipNewlines();
  }
  return { kind: 'call', line, name, args };
}

/** `(expression)`, or the parameters of a lambda. */
function parseParentheses(reader: TokenReader): Expression {
  const line = reader.line();
  reader.expectSign('(');
  const names: string[] = [];
  for (let ahead = 0; ; ahead += 2) {
    const [name, after] = [reader.peek(ahead), reader.peek(ahead + 1)];
    if (name.kind !== 'name' || after.kind !== 'sign') break;
    names.push(name.text);
    if (after.text === ',') continue;
    const arrow = reader.peek(ahead + 2);
    if (after.text !== ')' || arrow.kind !== 'sign' || arrow.text !== '=>') break;
    for (let skipped = 0; skipped < ahead + 3; skipped++) reader.next();
    return { kind: 'lambda', line, parameters: names, body: parseExpression(reader) };
  }
  reader.skipNewlines();
  const expression = parseExpression(reader);
  reader.skipNewlines();
  reader.expectSign(')');
  return expression;
}

export function parseObject(reader: TokenReader): Expression {
  const { line } = reader.peek();
  reader.expectSign('{');
  const properties: Property[] = [];
  while (!closes(reader, '}', properties.length)) {
    const token = reader.peek();
    const key: Expression =
      token.kind === 'string' ? parseText(reader) : { kind: 'literal', line: token.line, value: reader.expectName() };
    reader.expectSign(':');
    properties.push({ line: token.line, key, value: parseExpression(reader) });
  }
  return { kind: 'object', line, properties };
}

function parseArray(reader: TokenReader): Expression {
  const { line } = reader.peek();
  reader.expectSign('[');
  if (reader.takeName('for')) return parseFor(reader, line);
  const items: Expression[] = [];
  while (!closes(reader, ']', items.length)) items.push(parseExpression(reader));
  return { kind: 'array', line, items };
}

/** Goes past what separates two entries, a comma or a line break; true when there is no further entry. */
export function closes(reader: TokenReader, sign: string, entriesBefore: number): boolean {
  const separated = reader.peek().kind === 'newline' || reader.isSign(',');
  reader.takeSign(',');
  reader.skipNewlines();
  if (reader.takeSign(sign)) return true;
  if (entriesBefore > 0 && !separated) reader.fail('a comma or a new line is expected between two entries');
  return false;
}

function parseFor(reader: TokenReader, line: number): Expression {
  const pair = reader.takeSign('(');
  const item = reader.expectName();
  let index: string | undefined;
  if (pair) {
    reader.expectSign(',');
    index = reader.expectName();
    reader.expectSign(')');
  }
  if (!reader.takeName('in')) reader.fail('"in" is expected');
  const list = parseExpression(reader);
  reader.expectSign(':');
  const conditional = reader.isName('if') ? parseConditional(reader) : undefined;
  const body = conditional?.kind === 'if' ? conditional.body : parseExpression(reader);
  reader.skipNewlines();
  reader.expectSign(']');
  const condition = conditional?.kind === 'if' ? conditional.condition : undefined;
  return { kind: 'for', line, item, index, list, condition, body };
}

/** `if (condition) { … }` */
export function parseConditional(reader: TokenReader): Expression {
  const { line } = reader.next();
  reader.expectSign('(');
  const condition = parseExpression(reader);
  reader.expectSign(')');
  return { kind: 'if', line, condition, body: parseObject(reader) };
}
