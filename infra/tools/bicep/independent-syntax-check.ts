import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

/**
 * Reads files by the grammar of tree-sitter-bicep, which others keep. It knows nothing of parameter files, so their `param`
 * statements are shown to it as `var` statements, which are written alike.
 */
export async function openSyntaxCheck(): Promise<(text: string, file: string) => string[]> {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (text, file) => {
    const shown = file.endsWith('.bicepparam') ? text.replace(/^param /gm, 'var   ') : text;
    const tree = parser.parse(shown);
    if (tree === null) return [`${file}: not parsed`];
    const problems = problemsOf(tree.rootNode).map(
      (line) => `${file}:${line}: near here, tree-sitter-bicep finds no sense`,
    );
    tree.delete();
    return problems;
  };
}

interface SyntaxNode {
  readonly hasError: boolean;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly startPosition: { readonly row: number };
  readonly children: readonly (SyntaxNode | null)[];
}

/** Lines of errors; an error inside another one is not counted again. */
function problemsOf(node: SyntaxNode): number[] {
  if (node.isError || node.isMissing) return [node.startPosition.row + 1];
  return node.hasError ? node.children.flatMap((child) => (child === null ? [] : problemsOf(child))) : [];
}
