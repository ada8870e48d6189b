// A button that prints the page.

class Print extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => print())
  }
}

customElements.define("rapport-print", Print)
