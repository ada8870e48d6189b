// Keyboard in a list: j and k move, Enter opens, x selects, e edits, space looks beside the list; left and right choose
// a cell that is changed in place. Rows carry data-row and data-id, such cells data-cell; the row we are at, data-at.

class List extends HTMLElement {
  #at = null
  #cell = null
  #listen = (event) => this.#press(event)

  connectedCallback() {
    addEventListener("keydown", this.#listen)
    this.#return()
    this.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]")
      if (!row || event.target.closest("a, button, input, label, summary, select, textarea")) return
      this.#go(row, false)
      const cell = event.target.closest("[data-cell]")
      if (cell) this.#edit(cell)
    })
    this.addEventListener("dblclick", (event) => {
      const row = event.target.closest("[data-row]")
      if (row && !event.target.closest("a, button, input, label, select, textarea, [data-cell]")) this.#open(row)
    })
    this.addEventListener("change", (event) => { // a choice is kept at once
      if (event.target.matches("rapport-cell select:not([multiple])")) event.target.form.requestSubmit()
    })
    this.addEventListener("rapport:leave", (event) => this.#restore(event.target.closest("td")))
    this.#panel?.addEventListener("click", (event) => {
      const step = event.target.closest("[data-peek]")?.dataset.peek
      if (step === "0") this.#close()
      else if (step) this.#step(Number(step))
    })
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#listen)
  }

  get #rows() {
    return [...this.querySelectorAll("[data-row]")]
  }

  get #panel() {
    return document.getElementById(this.dataset.panel)
  }

  #press(event) {
    const busy = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog, [popover]")
      || (event.target.closest("button") && !event.target.closest("[data-peek]"))
    if (busy || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return
    const here = this.#at?.isConnected ? this.#at : null
    const step = { j: 1, k: -1 }[event.key]
    const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const open = this.#panel && !this.#panel.hidden
    if (step) this.#step(step)
    else if (event.key === "Escape" && open) this.#close()
    else if (!here) return
    else if (event.key === "Enter" && !event.target.closest("a, button, [type=checkbox]")) this.#open(here)
    else if (event.key === "x") here.querySelector(".table-pick")?.click()
    else if (event.key === "e") this.#change(here)
    else if (event.key === " " && this.#panel && !event.target.closest("button, [type=checkbox]")) open ? this.#close() : this.#peek()
    else if (aside && here.querySelector("[data-cell]")) this.#choose(here, aside)
    else return
    event.preventDefault()
  }

  #step(by) {
    const rows = this.#rows
    const here = this.#at?.isConnected ? rows.indexOf(this.#at) : -1
    const next = rows[Math.max(0, Math.min(rows.length - 1, here + by))]
    if (next) this.#go(next, true)
    if (next && this.#panel && !this.#panel.hidden) this.#peek()
  }

  #go(row, scroll) {
    const column = this.#cell?.dataset.cell
    this.#at?.removeAttribute("data-at")
    this.#mark(null)
    this.#at = row
    row.setAttribute("data-at", "")
    this.#keep(row)
    if (column) this.#mark(row.querySelector(`[data-cell="${CSS.escape(column)}"]`))
    if (scroll) row.scrollIntoView({ block: "nearest" })
    const link = row.querySelector("[data-open], a")
    link?.focus({ preventScroll: true, focusVisible: false })
  }

  #mark(cell) {
    this.#cell?.removeAttribute("data-at-cell")
    this.#cell = cell
    cell?.setAttribute("data-at-cell", "")
  }

  #choose(row, by) {
    const cells = [...row.querySelectorAll("[data-cell]")]
    const here = cells.indexOf(this.#cell)
    this.#mark(cells[here < 0 ? (by > 0 ? 0 : cells.length - 1) : Math.max(0, Math.min(cells.length - 1, here + by))])
    this.#cell.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  #change(row) {
    if (this.#cell?.isConnected && row.contains(this.#cell)) this.#edit(this.#cell)
    else (row.querySelector("[data-edit]") ?? row.querySelector("a"))?.click()
  }

  // A cell is changed in place: its input comes from the server, what it showed waits in case nothing is changed.
  #edit(cell) {
    if (!this.dataset.cells || cell.querySelector("form")) return
    cell.before_ = cell.innerHTML
    this.#mark(cell)
    const url = `${this.dataset.cells}${cell.closest("[data-row]").dataset.id}/${cell.dataset.cell}/`
    globalThis.htmx.ajax("GET", url, { target: cell, swap: "innerHTML" })
  }

  #restore(cell) {
    if (cell?.before_ !== undefined) cell.innerHTML = cell.before_
    this.#at?.querySelector("[data-open], a")?.focus({ preventScroll: true, focusVisible: false })
  }

  // The panel beside the list shows the row we are at.
  #peek() {
    const panel = this.#panel
    panel.hidden = false
    document.documentElement.toggleAttribute("data-peeking", true)
    globalThis.htmx.ajax("GET", `${this.dataset.peeks}${this.#at.dataset.id}/`, { target: panel, swap: "innerHTML" })
  }

  #close() {
    this.#panel.hidden = true
    document.documentElement.removeAttribute("data-peeking")
    this.#at?.querySelector("[data-open], a")?.focus({ preventScroll: true })
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
