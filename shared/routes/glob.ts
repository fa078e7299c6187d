/** Compiles a pattern in which `*` stands for any run of characters. Case does not matter. */
export function compileGlob(pattern: string): (text: string) => boolean {
  const source = pattern
    .split('*')
    .map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const regex = new RegExp(`^${source}$`, 'is');
  return (text) => regex.test(text);
}
