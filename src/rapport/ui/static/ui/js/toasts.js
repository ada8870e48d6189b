// Toasts: those of the page leave after a while; those of htmx answers come as the event "toasts".

const STAY = 6000
const STAY_WITH_UNDO = 12000

class Toasts extends HTMLElement {
  connectedCallback() {
    for (const toast of this.querySelectorAll(":scope > [data-toast]")) this.#keep(toast)
    document.addEventListener("toasts", (event) => {
      for (const one of event.detail.list) this.show(one)
    })
    document.addEventListener("htmx:sendError", () => this.show({ text: this.dataset.lost, tone: "bad" }))
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) event.target.closest("[data-toast]").remove()
    })
  }

  show({ text, tone = "good", undo = "" }) {
    if (!text) return
    const shape = this.querySelector(undo ? "template[data-undo]" : "template[data-plain]")
    const toast = shape.content.firstElementChild.cloneNode(true)
    toast.className = `toast toast-${tone}`
    toast.querySelector("[data-text]").textContent = text
    if (undo) toast.querySelector("form").action = undo
    this.append(toast)
    this.#keep(toast)
  }

  #keep(toast) {
    let timer = 0
    const start = () => { timer = setTimeout(() => toast.remove(), toast.querySelector("form") ? STAY_WITH_UNDO : STAY) }
    const stop = () => clearTimeout(timer)
    toast.addEventListener("pointerenter", stop)
    toast.addEventListener("pointerleave", start)
    toast.addEventListener("focusin", stop)
    toast.addEventListener("focusout", start)
    start()
  }
}

customElements.define("rapport-toasts", Toasts)
