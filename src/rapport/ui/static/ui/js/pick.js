// A long list of links that gets shorter while one types; Enter follows the first one left.
// <rapport-pick><input type="search" hidden><section><h3>…</h3><ul><li><a>…</a></li></ul></section><p hidden>none</p></rapport-pick>

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

class Pick extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input")
    field.hidden = false
    field.addEventListener("input", () => this.#narrow(fold(field.value).split(/\s+/).filter(Boolean)))
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return
      event.preventDefault()
      this.#links.find((link) => !link.closest("[hidden]"))?.click()
    })
    field.focus()
  }

  get #links() {
    return [...this.querySelectorAll("li a")]
  }

  #narrow(words) {
    for (const link of this.#links) {
      const text = fold(link.textContent)
      link.parentElement.hidden = !words.every((word) => text.includes(word))
    }
    let any = false
    for (const section of this.querySelectorAll("section")) {
      section.hidden = !section.querySelector("li:not([hidden])")
      any ||= !section.hidden
    }
    this.querySelector("p").hidden = any
  }
}

customElements.define("rapport-pick", Pick)
