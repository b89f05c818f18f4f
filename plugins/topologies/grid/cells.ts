const straight = [
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, 0],
] as const;
const diagonal = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
] as const;

/**
 * Indices of a cell's neighbours, the cells counted row by row and the last row perhaps shorter, in reading order: up, left, right and down (von Neumann), with `moore` the four corners too.
 * With `torus` the full rectangle's edges meet; where the last row has no cell there is no neighbour. Always mutual, never the cell itself.
 */
export function neighboursOf(at: number, count: number, columns: number, { moore, torus }: { moore: boolean; torus: boolean }): number[] {
  const rows = Math.ceil(count / columns);
  const row = Math.floor(at / columns);
  const column = at % columns;
  const found = new Set<number>();
  for (const [down, right] of moore ? [...straight, ...diagonal] : straight) {
    const r = torus ? (row + down + rows) % rows : row + down;
    const c = torus ? (column + right + columns) % columns : column + right;
    const index = r * columns + c;
    if (r >= 0 && r < rows && c >= 0 && c < columns && index < count && index !== at) found.add(index);
  }
  return [...found].sort((a, b) => a - b);
}
