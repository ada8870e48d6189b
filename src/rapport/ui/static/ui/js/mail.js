// A mail in its frame: as high as it is, in the theme of the page, its pictures fetched when they are asked for.

class Mail extends HTMLElement {
  #watch

  connectedCallback() {
    this.frame.addEventListener("load", () => this.#fit())
    if (this.frame.contentDocument?.readyState === "complete") this.#fit()
    this.querySelector("[data-pictures]")?.addEventListener("click", (event) => {
      event.preventDefault()
      const address = new URL(this.frame.src)
      address.searchParams.set("pictures", "1")
      this.frame.src = address
      event.target.closest("p").remove()
    })
  }

  disconnectedCallback() {
    this.#watch?.disconnect()
  }

  get frame() {
    return this.querySelector("iframe")
  }

  #fit() {
    const page = this.frame.contentDocument
    if (!page?.body) return
    page.documentElement.style.colorScheme = getComputedStyle(document.documentElement).colorScheme
    this.#watch?.disconnect()
    this.#watch = new ResizeObserver(() => {
      this.frame.style.blockSize = `${Math.ceil(page.documentElement.getBoundingClientRect().height)}px`
    })
    this.#watch.observe(page.documentElement)
  }
}

customElements.define("rapport-mail", Mail)
