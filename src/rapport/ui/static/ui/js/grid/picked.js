// Which cell of a grid one is at, and the range that is selected around it.

export class Picked {
  row = 0
  column = 0
  #anchor = { row: 0, column: 0 }
  #home = 0
  #size
  #changed

  constructor(size, changed) {
    this.#size = size // () => ({ rows, columns })
    this.#changed = changed
  }

  get range() {
    const { row, column } = this.#anchor
    return {
      top: Math.min(row, this.row), bottom: Math.max(row, this.row),
      left: Math.min(column, this.column), right: Math.max(column, this.column),
    }
  }

  // The cell that one types into: where the range began.
  get anchor() {
    return this.#anchor
  }

  get single() {
    const { top, bottom, left, right } = this.range
    return top === bottom && left === right
  }

  has(row, column) {
    const { top, bottom, left, right } = this.range
    return row >= top && row <= bottom && column >= left && column <= right
  }

  go(row, column, extend = false, home = true) {
    const { rows, columns } = this.#size()
    this.row = Math.max(0, Math.min(rows - 1, row))
    this.column = Math.max(0, Math.min(columns - 1, column))
    if (!extend) this.#anchor = { row: this.row, column: this.column }
    if (home) this.#home = this.column
    this.#changed()
  }

  select(top, left, bottom, right) {
    this.#anchor = { row: top, column: left }
    this.go(bottom, right, true)
  }

  move(down, aside, extend = false) {
    this.go(this.row + down, this.column + aside, extend)
  }

  // Enter: to the next row, below where the line of tabs began.
  next(down) {
    this.go(this.row + down, this.#home)
  }

  // Tab: to the next cell, from the end of a row to the one below; false at the last cell.
  tab(by) {
    const { rows, columns } = this.#size()
    const place = this.#anchor.row * columns + this.#anchor.column + by
    if (place < 0 || place >= rows * columns) return false
    this.go(Math.floor(place / columns), place % columns, false, false)
    return true
  }
}
