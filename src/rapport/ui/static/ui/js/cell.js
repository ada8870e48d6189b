// The input of one cell: Enter keeps it (a choice list.js keeps at once), Escape and going away leave the cell as it was.
// <rapport-cell><form>…one input…</form></rapport-cell> in a <td> that list.js remembered the content of.

class Cell extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form")
    const field = form.querySelector("input:not([type=hidden]), select, textarea")
    const before = field.value
    this.classList.add("cell-live")
    field.focus()
    field.select?.()
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#leave()
      else if (event.key === "Enter" && event.ctrlKey) form.requestSubmit()
      event.stopPropagation()
    })
    this.addEventListener("focusout", (event) => {
      if (this.contains(event.relatedTarget) || this.querySelector(".htmx-request, .errorlist")) return
      if (field.value === before) this.#leave()
    })
  }

  #leave() {
    this.dispatchEvent(new CustomEvent("rapport:leave", { bubbles: true }))
  }
}

customElements.define("rapport-cell", Cell)
