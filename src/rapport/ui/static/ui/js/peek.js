// The panel beside a list that shows the row one is at, without leaving the list.

export class Peek {
  #list
  #step

  constructor(list, step) {
    this.#list = list
    this.#step = step
    this.panel?.addEventListener("click", (event) => {
      const by = event.target.closest("[data-peek]")?.dataset.peek
      if (by === "0") this.close()
      else if (by) this.#step(Number(by))
    })
  }

  get panel() {
    return document.getElementById(this.#list.dataset.panel)
  }

  get open() {
    return Boolean(this.panel && !this.panel.hidden)
  }

  show(row) {
    const panel = this.panel
    panel.hidden = false
    document.documentElement.toggleAttribute("data-peeking", true)
    globalThis.htmx.ajax("GET", `${this.#list.dataset.peeks}${row.dataset.id}/`, { target: panel, swap: "innerHTML" })
  }

  close() {
    this.panel.hidden = true
    document.documentElement.removeAttribute("data-peeking")
    this.#list.focusRow({ preventScroll: true })
  }
}
