// Keyboard in a list: j and k move, Enter opens, x selects, e edits, space looks beside the list; left and right choose
// a cell that is changed in place. Rows carry data-row and data-id, such cells data-cell; the row we are at, data-at.

import { Cells } from "./cells.js"
import { Peek } from "./peek.js"

const WRITING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog, [popover]"

class List extends HTMLElement {
  #at = null
  #cells
  #peek
  #listen = (event) => this.#press(event)

  connectedCallback() {
    this.#cells ??= new Cells(this)
    this.#peek ??= new Peek(this, (by) => this.#step(by))
    addEventListener("keydown", this.#listen)
    this.#return()
    this.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]")
      if (!row || event.target.closest("a, button, input, label, summary, select, textarea")) return
      this.#go(row, false)
      const cell = event.target.closest("[data-cell]")
      if (cell) this.#cells.edit(cell)
    })
    this.addEventListener("dblclick", (event) => {
      const row = event.target.closest("[data-row]")
      if (row && !event.target.closest("a, button, input, label, select, textarea, [data-cell]")) this.#open(row)
    })
    this.addEventListener("rapport:leave", (event) => {
      this.#cells.restore(event.target.closest("td"))
      this.focusRow({ preventScroll: true, focusVisible: false })
    })
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#listen)
  }

  focusRow(how) {
    this.#at?.querySelector("[data-open], a")?.focus(how)
  }

  get #rows() {
    return [...this.querySelectorAll("[data-row]")]
  }

  #press(event) {
    const button = event.target.closest("button") && !event.target.closest("[data-peek]")
    if (button || event.target.closest(WRITING) || document.querySelector("dialog[open]")) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const here = this.#at?.isConnected ? this.#at : null
    const step = { j: 1, k: -1 }[event.key]
    const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step) this.#step(step)
    else if (event.key === "Escape" && this.#peek.open) this.#peek.close()
    else if (!here) return
    else if (event.key === "Enter" && !event.target.closest("a, button, [type=checkbox]")) this.#open(here)
    else if (event.key === "x") here.querySelector(".table-pick")?.click()
    else if (event.key === "e") this.#change(here)
    else if (event.key === " " && this.#peek.panel && !event.target.closest("button, [type=checkbox]")) {
      if (this.#peek.open) this.#peek.close()
      else this.#peek.show(here)
    } else if (aside && here.querySelector("[data-cell]")) this.#cells.choose(here, aside)
    else return
    event.preventDefault()
  }

  #step(by) {
    const rows = this.#rows
    const here = this.#at?.isConnected ? rows.indexOf(this.#at) : -1
    const next = rows[Math.max(0, Math.min(rows.length - 1, here + by))]
    if (next) this.#go(next, true)
    if (next && this.#peek.open) this.#peek.show(next)
  }

  #go(row, scroll) {
    const column = this.#cells.column
    this.#at?.removeAttribute("data-at")
    this.#at = row
    row.setAttribute("data-at", "")
    this.#keep(row)
    this.#cells.markColumn(row, column)
    if (scroll) row.scrollIntoView({ block: "nearest" })
    this.focusRow({ preventScroll: true, focusVisible: false })
  }

  #change(row) {
    const cell = this.#cells.in(row)
    if (cell) this.#cells.edit(cell)
    else (row.querySelector("[data-edit]") ?? row.querySelector("a"))?.click()
  }

  // Back from a row to the list: one is at that row again.
  #return() {
    if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return
    const [address, id] = JSON.parse(sessionStorage.getItem("rapport-row") ?? "[]")
    const row = address === location.href && this.#rows.find((one) => one.dataset.id === id)
    if (row) this.#go(row, true)
  }

  #keep(row) {
    if (row.dataset.id) sessionStorage.setItem("rapport-row", JSON.stringify([location.href, row.dataset.id]))
  }

  #open(row) {
    const link = row.querySelector("[data-open]")
    if (link) link.click()
    else if (row.dataset.href) location.assign(row.dataset.href)
  }
}

customElements.define("rapport-list", List)
