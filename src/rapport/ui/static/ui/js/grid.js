// A list as a spreadsheet. The table inside is what is shown without scripts and on a phone.
// <rapport-grid data-rows="…" data-changes="…" data-undo="…" data-label="…"><div data-table>…</div><div data-words>…</div>
// <div data-status>…</div></rapport-grid>

import { Pointing } from "./grid/pointing.js"
import { Sheet } from "./grid/sheet.js"
import { Typing } from "./grid/typing.js"

class Grid extends HTMLElement {
  #sheet = null
  #leave = (event) => { if (this.#sheet?.changes.unsaved) event.preventDefault() }
  #swap = (event) => {
    if (!this.#sheet?.changes.unsaved || !event.detail.target?.contains(this)) return
    if (!confirm(this.#sheet.say("leave"))) event.preventDefault()
  }
  #size = () => this.#fit()

  async connectedCallback() {
    if (this.#sheet || matchMedia("(width < 48rem)").matches) return
    const words = this.querySelector("[data-words]"), line = this.querySelector("[data-status]")
    const sheet = this.#sheet = new Sheet({ ...this.dataset, words, line })
    this.querySelector("[data-table]").remove()
    this.dataset.on = ""
    line.before(sheet.view.box)
    addEventListener("beforeunload", this.#leave)
    addEventListener("resize", this.#size)
    document.addEventListener("htmx:beforeRequest", this.#swap)
    document.addEventListener("rapport:look", this.#size)
    addEventListener("online", () => sheet.changes.again())
    this.#fit()
    await this.#begin()
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.#leave)
    removeEventListener("resize", this.#size)
    document.removeEventListener("htmx:beforeRequest", this.#swap)
    document.removeEventListener("rapport:look", this.#size)
  }

  async #begin() {
    const sheet = this.#sheet
    try {
      await sheet.rows.begin()
    } catch (trouble) {
      return sheet.status.missing(trouble, () => this.#begin())
    }
    sheet.view.begin()
    new Typing(sheet)
    new Pointing(sheet)
    sheet.status.found()
    sheet.picked.go(0, 0)
    sheet.view.paint()
    if (!sheet.rows.total) sheet.tell(sheet.say("empty"))
    this.dataset.ready = ""
  }

  // The grid fills what is left of the window.
  #fit() {
    const { box } = this.#sheet.view
    const top = box.getBoundingClientRect().top + scrollY
    box.style.setProperty("--grid-top", `${top}px`)
    this.#sheet.view.renew(document.documentElement.dataset.density === "compact" ? 28 : 33)
  }
}

customElements.define("rapport-grid", Grid)
