// The pointer in a grid: a click goes to a cell, dragging selects, a double click writes, and the handle at the corner of
// the selection fills the cells that it is dragged over.

const NEAR = 28

export class Pointing {
  #sheet
  #filling = null
  #again = false // whether a finger taps the cell that one is at, which writes it

  constructor(sheet) {
    this.#sheet = sheet
    const { grid } = sheet.view
    grid.addEventListener("pointerdown", (event) => this.#down(event))
    grid.addEventListener("click", () => { if (this.#again) sheet.editor.begin() })
    grid.addEventListener("dblclick", (event) => {
      if (event.target.closest(".grid-handle, .grid-head")) return
      if (this.#place(event.target)) sheet.editor.begin()
    })
  }

  // Row and column that an element is of; a number stands for its whole row.
  #place(element) {
    const line = element?.closest?.("[data-place]")
    if (!line || !this.#sheet.view.body.contains(line)) return null
    const cell = element.closest("[data-column]")
    return { row: Number(line.dataset.place), column: cell ? Number(cell.dataset.column) : null }
  }

  #down(event) {
    if (event.button !== 0 || event.target.closest("a")) return
    const title = event.target.closest("[data-title]")?.dataset.title
    if (title) return this.#column(Number(title))
    const place = this.#place(event.target), { picked, view, size } = this.#sheet
    if (!place) return
    const { anchor } = picked
    this.#again = event.pointerType !== "mouse" && anchor.row === place.row && anchor.column === place.column
    this.#sheet.editor.keep()
    view.grid.focus({ preventScroll: true })
    if (event.target.closest(".grid-handle")) this.#filling = picked.range
    else if (place.column === null) picked.select(place.row, 0, place.row, size.columns - 1)
    else picked.go(place.row, place.column, event.shiftKey)
    if (event.pointerType !== "mouse") return
    event.preventDefault()
    const whole = place.column === null
    const move = (one) => this.#move(one, whole)
    const up = () => {
      removeEventListener("pointermove", move)
      removeEventListener("pointerup", up)
      this.#up()
    }
    addEventListener("pointermove", move)
    addEventListener("pointerup", up)
  }

  #column(column) {
    const { picked, rows, view } = this.#sheet
    view.grid.focus({ preventScroll: true })
    picked.select(rows.total - 1, column, 0, column)
  }

  #move(event, whole) {
    const { view, picked, size } = this.#sheet
    const edge = view.box.getBoundingClientRect()
    if (event.clientY > edge.bottom - NEAR) view.box.scrollTop += view.height
    else if (event.clientY < edge.top + view.top + NEAR / 2) view.box.scrollTop -= view.height
    if (event.clientX > edge.right - NEAR) view.box.scrollLeft += view.height
    const place = this.#place(document.elementFromPoint(event.clientX, event.clientY))
    if (!place) return
    if (this.#filling) return this.#stretch(place)
    if (whole) return picked.go(place.row, size.columns - 1, true)
    if (place.column !== null) picked.go(place.row, place.column, true)
  }

  // The handle goes down or up, or aside: whichever is further from where it began.
  #stretch({ row, column }) {
    const { top, bottom, left, right } = this.#filling, { picked } = this.#sheet
    const down = Math.max(row - bottom, top - row, 0)
    const aside = column === null ? 0 : Math.max(column - right, left - column, 0)
    if (down >= aside) picked.select(Math.min(top, row), left, Math.max(bottom, row), right)
    else picked.select(top, Math.min(left, column), bottom, Math.max(right, column))
  }

  #up() {
    const from = this.#filling
    this.#filling = null
    if (from) this.#sheet.filling.fill(from, this.#sheet.picked.range)
  }
}
