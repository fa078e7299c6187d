/**
 * Lines of a table with a heading and aligned columns, `(none)` when it has no rows. The first row's keys name the columns
 * and give their order. Control characters, which a terminal would obey, become blanks.
 */
export function textTable(rows: readonly Readonly<Record<string, string>>[]): string[] {
  const [first] = rows;
  if (first === undefined) return ['(none)'];
  const names = Object.keys(first);
  const cells = [names, ...rows.map((row) => names.map((name) => (row[name] ?? '').replace(/\p{Cc}/gu, ' ')))];
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
