// Selected rows: the box in the head selects all, the bar with the bulk verbs shows how many.
// <rapport-selection><form>…table…<div class="bulk" hidden><span data-count></span>…</div></form></rapport-selection>

class Selection extends HTMLElement {
  #last = null

  connectedCallback() {
    this.addEventListener("click", (event) => {
      const box = event.target
      if (!(box instanceof HTMLInputElement)) return
      if (box.matches(".table-pick-all")) for (const one of this.#boxes) one.checked = box.checked
      else if (box.matches(".table-pick")) {
        if (event.shiftKey && this.#last) this.#range(this.#last, box)
        this.#last = box
      } else return
      this.show()
    })
    this.querySelector("[data-clear]")?.addEventListener("click", () => {
      for (const one of this.#boxes) one.checked = false
      this.show()
    })
    this.show()
  }

  get #boxes() {
    return [...this.querySelectorAll(".table-pick")]
  }

  #range(from, to) {
    const boxes = this.#boxes
    const [first, last] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b)
    for (const one of boxes.slice(first, last + 1)) one.checked = to.checked
  }

  show() {
    const boxes = this.#boxes
    const picked = boxes.filter((one) => one.checked).length
    const all = this.querySelector(".table-pick-all")
    if (all) {
      all.checked = picked > 0 && picked === boxes.length
      all.indeterminate = picked > 0 && picked < boxes.length
    }
    const bar = this.querySelector(".bulk")
    if (bar) bar.hidden = picked === 0
    for (const place of this.querySelectorAll("[data-count]")) {
      place.textContent = picked.toLocaleString(document.documentElement.lang)
    }
  }
}

customElements.define("rapport-selection", Selection)
