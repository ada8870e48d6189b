// The command palette: Ctrl/⌘-K or the search field opens it; results are lines made by the server.

class Palette extends HTMLElement {
  #dialog = this.querySelector("dialog")
  #input = this.querySelector("input")
  #list = this.querySelector("[role=listbox]")
  #asked = 0
  #timer = 0

  connectedCallback() {
    addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault()
        this.#dialog.open ? this.#dialog.close() : this.open()
      }
    })
    this.#input.addEventListener("input", () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#ask(), 60)
    })
    this.#input.addEventListener("keydown", (event) => this.#press(event))
    this.#list.addEventListener("pointermove", (event) => {
      const option = event.target.closest("a[role=option]")
      if (option) this.#choose(option)
    })
    const field = document.querySelector("form.search input")
    field?.addEventListener("input", () => this.#take(field))
    field?.form.addEventListener("click", () => this.#take(field))
  }

  open(text = "") {
    if (!this.#dialog.open) this.#dialog.showModal()
    this.#input.value = text
    this.#input.focus()
    this.#ask()
  }

  #take(field) {
    const text = field.value
    field.value = field.defaultValue
    this.open(text)
  }

  async #ask() {
    const turn = ++this.#asked
    const url = `${this.dataset.url}?${new URLSearchParams({ partial: "1", q: this.#input.value })}`
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } })
    if (!answer.ok || turn !== this.#asked) return
    const html = await answer.text()
    if (turn !== this.#asked) return
    this.#list.innerHTML = html
    this.#options.forEach((option, place) => { option.id = `palette-option-${place}` })
    this.#choose(this.#options[0])
  }

  get #options() {
    return [...this.#list.querySelectorAll("a[role=option]")]
  }

  get #chosen() {
    return this.#list.querySelector("[aria-selected=true]")
  }

  #choose(option) {
    this.#chosen?.setAttribute("aria-selected", "false")
    option?.setAttribute("aria-selected", "true")
    option?.scrollIntoView({ block: "nearest" })
    if (option) this.#input.setAttribute("aria-activedescendant", option.id)
    else this.#input.removeAttribute("aria-activedescendant")
  }

  #press(event) {
    const options = this.#options
    const place = options.indexOf(this.#chosen)
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (move && options.length) {
      event.preventDefault()
      this.#choose(options[(place + move + options.length) % options.length])
    } else if (event.key === "Escape") { // a search field would only empty itself
      event.preventDefault()
      this.#dialog.close()
    } else if (event.key === "Enter") {
      event.preventDefault()
      const chosen = this.#chosen
      if (!chosen) return
      if (event.ctrlKey || event.metaKey) open(chosen.href)
      else chosen.click()
    }
  }
}

customElements.define("rapport-palette", Palette)
