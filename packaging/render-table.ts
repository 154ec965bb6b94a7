/** A Markdown table with aligned columns; the first row is the head. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)))
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const [head, ...body] = cells.map((row) => renderRow(row.map((cell, column) => cell.padEnd(widths[column]))))
  const rule = renderRow(widths.map((width) => '-'.repeat(width)))
  return [head, rule, ...body].join('\n')
}

function renderRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
