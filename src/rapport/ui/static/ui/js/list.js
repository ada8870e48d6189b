// Keyboard in a list: j and k move, Enter opens, x selects, e edits. Rows carry data-row; the row we are at, data-at.

class List extends HTMLElement {
  #at = null
  #listen = (event) => this.#press(event)

  connectedCallback() {
    addEventListener("keydown", this.#listen)
    this.#return()
    this.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]")
      if (row && !event.target.closest("a, button, input, label, summary")) this.#go(row, false)
    })
    this.addEventListener("dblclick", (event) => {
      const row = event.target.closest("[data-row]")
      if (row && !event.target.closest("a, button, input, label")) this.#open(row)
    })
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#listen)
  }

  get #rows() {
    return [...this.querySelectorAll("[data-row]")]
  }

  #press(event) {
    const busy = event.target.closest("input:not([type=checkbox]), textarea, select, button, [contenteditable], dialog, [popover]")
    if (busy || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return
    const rows = this.#rows
    const here = this.#at?.isConnected ? rows.indexOf(this.#at) : -1
    if (event.key === "j" || event.key === "k") {
      const next = rows[Math.max(0, Math.min(rows.length - 1, here + (event.key === "j" ? 1 : -1)))]
      if (next) this.#go(next, true)
    } else if (here < 0) return
    else if (event.key === "Enter" && !event.target.closest("a, [type=checkbox]")) this.#open(this.#at)
    else if (event.key === "x") this.#at.querySelector(".table-pick")?.click()
    else if (event.key === "e") (this.#at.querySelector("[data-edit]") ?? this.#at.querySelector("a"))?.click()
    else return
    event.preventDefault()
  }

  #go(row, scroll) {
    this.#at?.removeAttribute("data-at")
    this.#at = row
    row.setAttribute("data-at", "")
    this.#keep(row)
    if (scroll) row.scrollIntoView({ block: "nearest" })
    const link = row.querySelector("[data-open], a")
    link?.focus({ preventScroll: true, focusVisible: false })
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
