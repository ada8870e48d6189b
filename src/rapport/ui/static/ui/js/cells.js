// The cells of a list that are changed in place (data-cell): one is chosen, its input comes from the server, and what
// it showed waits in case nothing is changed.

export class Cells {
  #list
  #chosen = null
  #before = new WeakMap()

  constructor(list) {
    this.#list = list
    list.addEventListener("change", (event) => { // a choice is kept at once
      if (event.target.matches("rapport-cell select:not([multiple])")) event.target.form.requestSubmit()
    })
  }

  get column() {
    return this.#chosen?.dataset.cell
  }

  mark(cell) {
    this.#chosen?.removeAttribute("data-at-cell")
    this.#chosen = cell
    cell?.setAttribute("data-at-cell", "")
  }

  markColumn(row, column) {
    this.mark(column ? row.querySelector(`[data-cell="${CSS.escape(column)}"]`) : null)
  }

  choose(row, by) {
    const cells = [...row.querySelectorAll("[data-cell]")]
    const here = cells.indexOf(this.#chosen)
    this.mark(cells[here < 0 ? (by > 0 ? 0 : cells.length - 1) : Math.max(0, Math.min(cells.length - 1, here + by))])
    this.#chosen.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  // The chosen cell of `row`, null when it is in no row or in another one.
  in(row) {
    return this.#chosen?.isConnected && row.contains(this.#chosen) ? this.#chosen : null
  }

  edit(cell) {
    if (!this.#list.dataset.cells || cell.querySelector("form")) return
    this.#before.set(cell, cell.innerHTML)
    this.mark(cell)
    const url = `${this.#list.dataset.cells}${cell.closest("[data-row]").dataset.id}/${cell.dataset.cell}/`
    globalThis.htmx.ajax("GET", url, { target: cell, swap: "innerHTML" })
  }

  restore(cell) {
    if (this.#before.has(cell)) cell.innerHTML = this.#before.get(cell)
  }
}
