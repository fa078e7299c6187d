/** What a .bicep or .bicepparam file says, as far as this project uses the language. */

export interface At {
  /** 1-based line in the file. */
  readonly line: number;
}

export type Expression = At &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'interpolation'; readonly parts: readonly (string | Expression)[] }
    | { readonly kind: 'array'; readonly items: readonly Expression[] }
    | { readonly kind: 'object'; readonly properties: readonly Property[] }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'member'; readonly of: Expression; readonly property: string; readonly safe: boolean }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
    | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Expression }
    | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: 'ternary';
        readonly condition: Expression;
        readonly whenTrue: Expression;
        readonly whenFalse: Expression;
      }
    | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression }
    | {
        readonly kind: 'for';
        readonly item: string;
        readonly index: string | undefined;
        readonly list: Expression;
        readonly condition: Expression | undefined;
        readonly body: Expression;
      }
    | { readonly kind: 'if'; readonly condition: Expression; readonly body: Expression }
  );

export interface Property extends At {
  /** A plain name, or text that may hold expressions. */
  readonly key: Expression;
  readonly value: Expression;
}

export type TypeExpression = At &
  (
    | { readonly kind: 'primitive'; readonly name: 'string' | 'int' | 'bool' | 'object' | 'array' }
    | { readonly kind: 'literal'; readonly value: string | number | boolean }
    | { readonly kind: 'named'; readonly name: string }
    | { readonly kind: 'union'; readonly members: readonly TypeExpression[] }
    | { readonly kind: 'list'; readonly of: TypeExpression }
    | { readonly kind: 'nullable'; readonly of: TypeExpression }
    | { readonly kind: 'members'; readonly members: readonly TypeMember[] }
  );

export interface TypeMember extends At {
  readonly name: string;
  readonly type: TypeExpression;
  readonly decorators: readonly Decorator[];
}

export interface Decorator extends At {
  readonly name: string;
  readonly args: readonly Expression[];
}

export type Statement = At & { readonly decorators: readonly Decorator[] } & (
    | { readonly kind: 'metadata'; readonly name: string; readonly value: Expression }
    | { readonly kind: 'targetScope'; readonly value: Expression }
    | { readonly kind: 'using'; readonly path: string }
    | {
        readonly kind: 'param';
        readonly name: string;
        /** Undefined in a .bicepparam file, which gives values to the parameters of another file. */
        readonly type: TypeExpression | undefined;
        readonly value: Expression | undefined;
      }
    | { readonly kind: 'var'; readonly name: string; readonly value: Expression }
    | { readonly kind: 'type'; readonly name: string; readonly type: TypeExpression }
    | { readonly kind: 'output'; readonly name: string; readonly type: TypeExpression; readonly value: Expression }
    | {
        readonly kind: 'resource';
        readonly name: string;
        /** Such as `Microsoft.Web/sites@2025-03-01`. */
        readonly type: string;
        readonly isExisting: boolean;
        readonly value: Expression;
      }
    | { readonly kind: 'module'; readonly name: string; readonly path: string; readonly value: Expression }
  );

/** The language's rules, or what this reader knows of them, are broken. Names file and line. */
export class BicepError extends Error {
  override readonly name = 'BicepError';
}
