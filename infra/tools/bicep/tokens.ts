import { BicepError } from './syntax-tree.ts';

export type Token = { readonly line: number } & (
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly parts: readonly (string | readonly Token[])[] }
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'newline' }
  | { readonly kind: 'end' }
);

const SIGNS = /=>|==|!=|=~|!~|>=|<=|&&|\|\||\?\?|\.\?|::|[{}[\]()@=:,.?!+\-*/%<>|]/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', "'": "'", '\\': '\\', $: '$' };

/** The tokens of a file, with its line breaks, which mean something in Bicep. @throws BicepError */
export function tokenize(text: string, file: string): Token[] {
  let at = 0;
  let line = 1;

  const fail = (problem: string): never => {
    throw new BicepError(`${file}:${line}: ${problem}`);
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return undefined;
    at += found.length;
    line += found.split('\n').length - 1;
    return found;
  };

  function readString(): Token {
    const start = line;
    const raw = match(/'''\n?([\s\S]*?)'''/y);
    if (raw !== undefined) return { kind: 'string', line: start, parts: [raw.replace(/^'''\n?|'''$/g, '')] };
    at++;
    const parts: (string | readonly Token[])[] = [];
    for (;;) {
      const plain = match(/(?:[^'$\\\n]|\$(?!\{))+/y);
      if (plain !== undefined) parts.push(plain);
      else if (match(/'/y)) return { kind: 'string', line: start, parts };
      else if (match(/\$\{/y)) parts.push(readUntil('}'));
      else if (match(/\\/y)) parts.push(ESCAPES[match(/./y) ?? ''] ?? fail('no such escape in a string'));
      else fail('a string does not end on its line');
    }
  }

  /** Tokens up to the sign that closes an interpolation, or the end of the file. */
  function readUntil(closing: '}' | undefined): Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (;;) {
      match(/(?:[ \t\r]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y);
      const start = line;
      if (at >= text.length) {
        if (closing !== undefined) fail(`"${closing}" is missing`);
        return [...tokens, { kind: 'end', line }];
      }
      if (match(/\n/y)) tokens.push({ kind: 'newline', line: start });
      else if (text[at] === "'") tokens.push(readString());
      else {
        const name = match(/[A-Za-z_]\w*/y);
        const digits = name === undefined ? match(/\d+/y) : undefined;
        const sign = name === undefined && digits === undefined ? match(SIGNS) : undefined;
        if (name !== undefined) tokens.push({ kind: 'name', text: name, line });
        else if (digits !== undefined) tokens.push({ kind: 'number', value: Number(digits), line });
        else if (sign === undefined) fail(`"${text[at]}" is not expected`);
        else {
          if (sign === '{') depth++;
          if (sign === '}' && closing !== undefined && depth-- === 0) return [...tokens, { kind: 'end', line }];
          tokens.push({ kind: 'sign', text: sign, line });
        }
      }
    }
  }

  return readUntil(undefined);
}
