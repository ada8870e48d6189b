// A dialog that comes as part of an answer: it opens when it arrives and leaves the page when it is closed.
// <rapport-dialog><dialog>…</dialog></rapport-dialog>

class Dialog extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog")
    dialog.addEventListener("close", () => this.remove())
    if (!dialog.open) dialog.showModal()
    dialog.querySelector("[aria-invalid=true], [autofocus]:not([hidden])")?.focus()
  }
}

customElements.define("rapport-dialog", Dialog)
