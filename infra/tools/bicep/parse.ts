import { parseConditional, parseExpression } from './parse-expression.ts';
import { parseDecorators, parseType } from './parse-type.ts';
import type { Decorator, Expression, Statement } from './syntax-tree.ts';
import { readTokens, type TokenReader } from './token-reader.ts';
import { tokenize } from './tokens.ts';

/** The statements of a .bicep or .bicepparam file. @throws BicepError with file and line */
export function parseBicep(text: string, file: string): Statement[] {
  const reader = readTokens(tokenize(text, file), file);
  const statements: Statement[] = [];
  reader.skipNewlines();
  while (reader.peek().kind !== 'end') {
    const decorators = parseDecorators(reader);
    statements.push(parseStatement(reader, decorators, file.endsWith('.bicepparam')));
    const after = reader.peek().kind;
    if (after !== 'newline' && after !== 'end') reader.fail('the statement goes on where it should end');
    reader.skipNewlines();
  }
  return statements;
}

function parseStatement(reader: TokenReader, decorators: readonly Decorator[], isParameterFile: boolean): Statement {
  const { line } = reader.peek();
  const at = { line, decorators };
  const keyword = reader.expectName();
  const assigned = () => {
    reader.expectSign('=');
    return parseExpression(reader);
  };
  switch (keyword) {
    case 'using':
      return { ...at, kind: 'using', path: reader.expectText() };
    case 'targetScope':
      return { ...at, kind: 'targetScope', value: assigned() };
    case 'metadata':
      return { ...at, kind: 'metadata', name: reader.expectName(), value: assigned() };
    case 'var':
      return { ...at, kind: 'var', name: reader.expectName(), value: assigned() };
    case 'param': {
      const name = reader.expectName();
      const type = isParameterFile ? undefined : parseType(reader);
      return { ...at, kind: 'param', name, type, value: reader.isSign('=') ? assigned() : undefined };
    }
    case 'type': {
      const name = reader.expectName();
      reader.expectSign('=');
      return { ...at, kind: 'type', name, type: parseType(reader) };
    }
    case 'output':
      return { ...at, kind: 'output', name: reader.expectName(), type: parseType(reader), value: assigned() };
    case 'resource': {
      const [name, type] = [reader.expectName(), reader.expectText()];
      const isExisting = reader.takeName('existing');
      return { ...at, kind: 'resource', name, type, isExisting, value: parseBody(reader) };
    }
    case 'module':
      return { ...at, kind: 'module', name: reader.expectName(), path: reader.expectText(), value: parseBody(reader) };
    default:
      return reader.fail(`no such statement: "${keyword}"`);
  }
}

function parseBody(reader: TokenReader): Expression {
  reader.expectSign('=');
  return reader.isName('if') ? parseConditional(reader) : parseExpression(reader);
}
