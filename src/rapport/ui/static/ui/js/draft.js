// Keeps what was typed until the form is sent: <rapport-draft key="note-42"><form>…</form></rapport-draft>.
// Kept in this browser alone, per key, for a week; forgotten when the next page shows that it arrived (see app.js),
// when an htmx request succeeds, and at signing out.

const WEEK = 7 * 24 * 60 * 60 * 1000
const PREFIX = "rapport-draft:"

const forget = () => {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(PREFIX)) continue
    const kept = JSON.parse(localStorage.getItem(name) ?? "{}")
    if (!(Date.now() - kept.at < WEEK)) localStorage.removeItem(name)
  }
}

class Draft extends HTMLElement {
  connectedCallback() {
    forget()
    this.#bring()
    let timer = 0
    this.addEventListener("input", () => {
      clearTimeout(timer)
      timer = setTimeout(() => this.#keep(), 400)
    })
    this.addEventListener("submit", () => {
      clearTimeout(timer)
      this.#keep()
      sessionStorage.setItem("rapport-sent", this.#name)
    })
    this.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.successful) localStorage.removeItem(this.#name)
      sessionStorage.removeItem("rapport-sent")
    })
  }

  get #name() {
    return PREFIX + this.getAttribute("key")
  }

  get #fields() {
    const kinds = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=checkbox], [type=radio])"
    return [...this.querySelectorAll(kinds)].filter((field) => field.name)
  }

  #keep() {
    const values = Object.fromEntries(this.#fields.map((field) => [field.name, field.value]))
    localStorage.setItem(this.#name, JSON.stringify({ at: Date.now(), values }))
    this.setAttribute("data-kept", "")
  }

  #bring() {
    const { values } = JSON.parse(localStorage.getItem(this.#name) ?? "{}")
    if (!values) return
    for (const field of this.#fields) {
      const empty = !field.value || field.value === field.defaultValue
      if (empty && values[field.name]) field.value = values[field.name]
    }
  }
}

customElements.define("rapport-draft", Draft)
