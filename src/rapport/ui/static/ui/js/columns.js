// Columns are put in order by dragging their handle, or with Alt and an arrow key:
// <rapport-columns data-sortable="…"><ol><li><span data-handle>…</span><input type="checkbox"…></li></ol></rapport-columns>

class Columns extends HTMLElement {
  async connectedCallback() {
    const list = this.querySelector("ol, ul")
    this.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
      const item = event.target.closest("li")
      if (!step || !event.altKey || !item) return
      event.preventDefault()
      const other = step < 0 ? item.previousElementSibling : item.nextElementSibling
      if (other) step < 0 ? other.before(item) : other.after(item)
      event.target.focus()
      this.#changed()
    })
    await import(this.dataset.sortable)
    globalThis.Sortable.create(list, { handle: "[data-handle]", animation: 120, onEnd: () => this.#changed() })
  }

  #changed() {
    this.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

customElements.define("rapport-columns", Columns)
