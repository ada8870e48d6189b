// A menu is a popover; arrows, Home and End move in it, and it keeps beside its button where CSS cannot.

class Menu extends HTMLElement {
  connectedCallback() {
    const button = document.querySelector(`[popovertarget="${this.id}"]`)
    this.addEventListener("toggle", (event) => {
      const open = event.newState === "open"
      button?.setAttribute("aria-expanded", String(open))
      if (!open) return
      if (!CSS.supports("position-area", "block-end")) this.#place(button)
      this.#items[0]?.focus()
    })
    this.addEventListener("keydown", (event) => {
      const items = this.#items
      const here = items.indexOf(document.activeElement)
      const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key]
      if (next === undefined || !items.length) return
      event.preventDefault()
      items[(next + items.length) % items.length].focus()
    })
  }

  get #items() {
    return [...this.querySelectorAll("a[href], button, input:not([type=hidden])")].filter((one) => one.checkVisibility())
  }

  #place(button) {
    if (!button) return
    const near = button.getBoundingClientRect()
    const size = this.getBoundingClientRect()
    const left = this.classList.contains("menu-end") ? near.right - size.width : near.left
    this.style.inset = "auto"
    this.style.margin = "0"
    this.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`
    this.style.top = `${Math.max(8, Math.min(near.bottom + 4, innerHeight - size.height - 8))}px`
  }
}

customElements.define("rapport-menu", Menu)
