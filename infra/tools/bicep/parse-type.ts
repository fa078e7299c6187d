import { closes, parseExpression } from './parse-expression.ts';
import type { Decorator, Expression, TypeExpression, TypeMember } from './syntax-tree.ts';
import type { TokenReader } from './token-reader.ts';

export function parseType(reader: TokenReader): TypeExpression {
  const { line } = reader.peek();
  const members = [parseSuffixed(reader)];
  while (reader.takeSign('|')) members.push(parseSuffixed(reader));
  const [only] = members;
  return members.length === 1 && only !== undefined ? only : { kind: 'union', line, members };
}

function parseSuffixed(reader: TokenReader): TypeExpression {
  let type = parseSingle(reader);
  for (;;) {
    const line = reader.line();
    if (reader.takeSign('[')) {
      reader.expectSign(']');
      type = { kind: 'list', line, of: type };
    } else if (reader.takeSign('?')) type = { kind: 'nullable', line, of: type };
    else return type;
  }
}

function parseSingle(reader: TokenReader): TypeExpression {
  const token = reader.peek();
  const { line } = token;
  if (token.kind === 'string') return { kind: 'literal', line, value: reader.expectText() };
  if (token.kind === 'number') {
    reader.next();
    return { kind: 'literal', line, value: token.value };
  }
  if (reader.takeSign('(')) {
    const type = parseType(reader);
    reader.expectSign(')');
    return type;
  }
  if (reader.isSign('{')) return parseMembers(reader);
  const name = reader.expectName();
  switch (name) {
    case 'string':
    case 'int':
    case 'bool':
    case 'object':
    case 'array':
      return { kind: 'primitive', line, name };
    case 'true':
    case 'false':
      return { kind: 'literal', line, value: name === 'true' };
    default:
      return { kind: 'named', line, name };
  }
}

function parseMembers(reader: TokenReader): TypeExpression {
  const { line } = reader.peek();
  reader.expectSign('{');
  const members: TypeMember[] = [];
  while (!closes(reader, '}', members.length)) {
    const decorators = parseDecorators(reader);
    const at = reader.line();
    const name = reader.expectName();
    reader.expectSign(':');
    members.push({ line: at, name, type: parseType(reader), decorators });
  }
  return { kind: 'members', line, members };
}

export function parseDecorators(reader: TokenReader): Decorator[] {
  const decorators: Decorator[] = [];
  while (reader.takeSign('@')) {
    const call: Expression = parseExpression(reader);
    if (call.kind !== 'call') return reader.fail('a decorator is a call');
    decorators.push({ line: call.line, name: call.name, args: call.args });
    reader.skipNewlines();
  }
  return decorators;
}
