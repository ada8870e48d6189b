// A board: cards are dragged from column to column, or moved by Alt and an arrow key; the server answers with the list.
// <rapport-board data-sortable="…" data-next="…"><ol data-lane="key"><li data-move="address">…</li></ol>…</rapport-board>

class Board extends HTMLElement {
  async connectedCallback() {
    this.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      const card = event.target.closest("[data-move]")
      if (!step || !event.altKey || !card) return
      event.preventDefault()
      const lanes = this.#lanes
      const lane = lanes[lanes.indexOf(card.parentElement) + step]
      if (!lane) return
      lane.prepend(card)
      event.target.focus()
      this.#move(card)
    })
    await import(this.dataset.sortable)
    for (const lane of this.#lanes) {
      globalThis.Sortable.create(lane, {
        group: "board", sort: false, animation: 120, filter: ".lane-move", preventOnFilter: false, delayOnTouchOnly: true,
        delay: 150, onAdd: (event) => this.#move(event.item),
      })
    }
    this.dataset.ready = ""
  }

  get #lanes() {
    return [...this.querySelectorAll("[data-lane]")]
  }

  #move(card) {
    const values = { to: card.parentElement.dataset.lane, next: this.dataset.next }
    globalThis.htmx.ajax("POST", card.dataset.move, { target: "#over", swap: "innerHTML", values })
  }
}

customElements.define("rapport-board", Board)
