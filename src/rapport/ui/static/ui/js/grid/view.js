// What one sees of a grid: the head, and of the rows those in view, painted anew as one scrolls.

import { element, Heads } from "./heads.js"
import { Note } from "./note.js"

const NUMBER = 52
const AROUND = 8

export class View {
  #sheet
  #painted = new Map()
  #soon = 0
  #later = 0
  height = 33

  constructor(sheet, label) {
    this.#sheet = sheet
    this.box = element("div", { class: "grid-box" })
    this.grid = element("div", { class: "grid-sheet", role: "grid", tabindex: "0", "aria-label": label, "aria-multiselectable": "true", "aria-describedby": "grid-help" })
    this.body = element("div", { class: "grid-body", role: "rowgroup" })
    this.layer = element("div", { class: "grid-layer" })
    this.note = new Note(sheet)
    this.heads = new Heads(sheet)
    this.grid.append(this.heads.head, this.body, this.heads.foot)
    this.layer.append(this.note.box)
    this.box.append(this.grid, this.layer)
    this.box.addEventListener("scroll", () => this.soon(), { passive: true })
  }

  // The columns are known: lay them out.
  begin() {
    const { columns } = this.#sheet.rows
    this.widths = this.heads.widths(this.box.clientWidth - NUMBER)
    this.lefts = this.widths.map((_width, at) => NUMBER + this.widths.slice(0, at).reduce((sum, one) => sum + one, 0))
    this.grid.style.setProperty("--grid-columns", [NUMBER, ...this.widths].map((one) => `${one}px`).join(" "))
    this.grid.style.inlineSize = `${NUMBER + this.widths.reduce((sum, one) => sum + one, 0)}px`
    this.grid.setAttribute("aria-colcount", columns.length + 1)
    this.heads.begin()
  }

  // Lay everything out anew: rows are of another height.
  renew(height) {
    this.height = height
    for (const line of this.#painted.values()) line.remove()
    this.#painted.clear()
    this.box.style.setProperty("--grid-row", `${height}px`)
    this.soon()
  }

  // Rows came; while one writes, nothing moves below the field.
  refresh() {
    if (!this.#sheet.editor.open) this.soon()
  }

  soon() {
    this.#soon ||= requestAnimationFrame(() => { this.#soon = 0; this.paint() })
  }

  get top() {
    return this.heads.head.offsetHeight
  }

  get window() {
    const space = this.box.clientHeight - this.top
    const first = Math.floor(this.box.scrollTop / this.height)
    return { first, last: Math.min(this.#sheet.size.rows - 1, first + Math.ceil(space / this.height)), fits: Math.floor(space / this.height) - 1 }
  }

  paint() {
    if (!this.widths) return
    const { first, last } = this.window, { rows } = this.#sheet.size
    this.body.style.blockSize = `${rows * this.height}px`
    this.grid.setAttribute("aria-rowcount", rows + 1)
    for (const [place, line] of this.#painted) {
      if (place < first - AROUND || place > last + AROUND) [line.remove(), this.#painted.delete(place)]
    }
    for (let place = Math.max(0, first - AROUND); place <= Math.min(rows - 1, last + AROUND); place++) this.#line(place)
    this.#active()
    clearTimeout(this.#later)
    this.#later = setTimeout(() => this.#sheet.need(first - AROUND, last + AROUND), 60)
  }

  #line(place) {
    let line = this.#painted.get(place)
    if (!line) {
      line = this.heads.line(place, this.height)
      this.#painted.set(place, line)
      this.body.append(line)
    }
    const row = this.#sheet.rows.at(place)
    if (line.shown !== row || line.version !== row?.version) this.heads.fill(line, row, place)
    const { row: at, column } = this.#sheet.picked.anchor
    for (const [number, cell] of line.cells.entries()) {
      const inside = this.#sheet.picked.has(place, number)
      cell.classList.toggle("in", inside)
      cell.classList.toggle("at", place === at && number === column)
      cell.setAttribute("aria-selected", inside)
    }
    line.toggleAttribute("data-in", place >= this.#sheet.picked.range.top && place <= this.#sheet.picked.range.bottom)
  }

  // The cell that one types into: told to screen readers, with the handle to fill and, where it was refused, the reason.
  #active() {
    const { anchor, range } = this.#sheet.picked
    this.grid.setAttribute("aria-activedescendant", `cell-${anchor.row}-${anchor.column}`)
    const corner = this.#painted.get(range.bottom)?.cells[range.right]
    if (corner && this.#sheet.rows.at(range.bottom)) corner.append(this.heads.handle)
    else this.heads.handle.remove()
    this.note.show(anchor, this.#painted.get(anchor.row)?.cells[anchor.column])
  }

  // Where a cell stands in the layer above the rows.
  spot(row, column) {
    const left = column ? this.lefts[column] : this.lefts[0] + this.box.scrollLeft
    return { insetBlockStart: `${this.top + row * this.height}px`, insetInlineStart: `${left}px` }
  }
}
