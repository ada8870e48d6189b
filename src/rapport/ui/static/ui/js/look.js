// Theme and density change at once; the form behind the buttons keeps the choice for the next page.

class Look extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[name]")
      if (!button) return
      event.preventDefault()
      for (const one of this.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button))
      if (button.value) document.documentElement.dataset[button.name] = button.value
      else delete document.documentElement.dataset[button.name]
      const body = new FormData(button.form)
      body.set(button.name, button.value)
      fetch(button.form.action, { method: "POST", body, redirect: "manual" })
      document.dispatchEvent(new CustomEvent("rapport:look"))
    })
  }
}

customElements.define("rapport-look", Look)
