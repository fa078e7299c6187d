import { BicepError } from './syntax-tree.ts';
import type { Token } from './tokens.ts';

/** A place in a list of tokens. */
export interface TokenReader {
  readonly file: string;
  peek(ahead?: number): Token;
  next(): Token;
  line(): number;
  isSign(...texts: string[]): boolean;
  isName(text: string): boolean;
  /** Goes past the sign and says true, if it is next. */
  takeSign(text: string): boolean;
  takeName(text: string): boolean;
  expectSign(text: string): void;
  expectName(): string;
  /** Text without expressions in it. */
  expectText(): string;
  skipNewlines(): void;
  fail(problem: string): never;
}

export function readTokens(tokens: readonly Token[], file: string): TokenReader {
  let at = 0;
  const end: Token = { kind: 'end', line: tokens.at(-1)?.line ?? 1 };
  const peek = (ahead = 0) => tokens[at + ahead] ?? end;
  const next = () => {
    const token = peek();
    at++;
    return token;
  };
  const fail = (problem: string): never => {
    throw new BicepError(`${file}:${peek().line}: ${problem}`);
  };
  const isSign = (...texts: string[]) => {
    const token = peek();
    return token.kind === 'sign' && texts.includes(token.text);
  };
  const isName = (text: string) => {
    const token = peek();
    return token.kind === 'name' && token.text === text;
  };
  const take = (isNext: boolean) => {
    if (isNext) at++;
    return isNext;
  };
  return {
    file,
    peek,
    next,
    fail,
    isSign,
    isName,
    line: () => peek().line,
    takeSign: (text) => take(isSign(text)),
    takeName: (text) => take(isName(text)),
    expectSign(text) {
      if (!take(isSign(text))) fail(`"${text}" is expected, not ${describe(peek())}`);
    },
    expectName() {
      const token = next();
      return token.kind === 'name' ? token.text : fail(`a name is expected, not ${describe(token)}`);
    },
    expectText() {
      const token = next();
      if (token.kind !== 'string') return fail(`text is expected, not ${describe(token)}`);
      return token.parts
        .map((part) => (typeof part === 'string' ? part : fail('text here may not hold expressions')))
        .join('');
    },
    skipNewlines() {
      while (peek().kind === 'newline') at++;
    },
  };
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'name':
    case 'sign':
      return `"${token.text}"`;
    case 'number':
      return String(token.value);
    default:
      return `the ${token.kind === 'newline' ? 'end of the line' : token.kind}`;
  }
}
