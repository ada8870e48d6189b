// An answer being written: kept on the server as a draft, sent with Ctrl Enter, texts and macros after a slash.

const PAUSE = 1200

class Answer extends HTMLElement {
  #timer = 0
  #sent = false

  connectedCallback() {
    this.text.addEventListener("input", () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#keep(), PAUSE)
      this.#offer()
    })
    this.text.addEventListener("keydown", (event) => this.#press(event))
    this.choices.addEventListener("click", (event) => this.#choose(event))
    this.addEventListener("submit", () => (this.#sent = true))
  }

  get form() {
    return this.querySelector("form")
  }

  get text() {
    return this.querySelector("textarea")
  }

  get choices() {
    return this.querySelector("[data-choices]")
  }

  // What stands after the slash that begins the word one is writing, null without one.
  get #typed() {
    return this.text.value.slice(0, this.text.selectionStart).match(/(?:^|\s)\/([\w-]*)$/)?.[1] ?? null
  }

  async #keep() {
    if (this.#sent) return
    await fetch(this.getAttribute("draft"), { method: "POST", body: new URLSearchParams(this.#plain()) })
  }

  #plain() {
    return [...new FormData(this.form)].filter(([, value]) => typeof value === "string")
  }

  async #offer() {
    const typed = this.#typed
    if (typed === null) {
      this.choices.hidden = true
      return
    }
    const answer = await fetch(`${this.getAttribute("choices")}?q=${encodeURIComponent(typed)}`)
    if (!answer.ok || this.#typed !== typed) return
    this.choices.innerHTML = await answer.text()
    this.choices.hidden = false
  }

  #press(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      this.form.requestSubmit()
    } else if (event.key === "Escape" && !this.choices.hidden) {
      event.preventDefault()
      this.choices.hidden = true
    } else if (event.key === "ArrowDown" && !this.choices.hidden) {
      event.preventDefault()
      this.choices.querySelector("button")?.focus()
    }
  }

  async #choose(event) {
    const chosen = event.target.closest("[data-text]")
    if (!chosen) return
    const answer = await fetch(chosen.dataset.text, { method: "POST", body: new URLSearchParams(this.#plain()) })
    if (!answer.ok) return
    const end = this.text.selectionStart
    const start = end - (this.#typed?.length ?? -1) - 1
    this.text.setRangeText(await answer.text(), start, end, "end")
    this.choices.hidden = true
    this.text.focus()
    this.#keep()
  }
}

customElements.define("rapport-answer", Answer)
