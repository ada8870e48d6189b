// An answer being written: kept on the server as a draft, sent with Ctrl Enter, texts, articles and macros after a
// slash, a few marks of Markdown by buttons and keys, files by drop and paste.

import { link, markLines, wrap } from "./marks.js"

const PAUSE = 1200

class Answer extends HTMLElement {
  #timer = 0
  #sent = false

  #arrive = () => location.hash === "#answer" && this.text.focus()

  connectedCallback() {
    this.#arrive()
    addEventListener("hashchange", this.#arrive)
    this.addEventListener("input", (event) => this.#changed(event.target))
    this.text.addEventListener("keydown", (event) => this.#press(event))
    this.choices.addEventListener("keydown", (event) => this.#walk(event))
    this.addEventListener("click", (event) => this.#click(event))
    this.addEventListener("submit", () => (this.#sent = true))
    this.addEventListener("paste", (event) => this.#files(event, event.clipboardData?.files))
    this.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault())
    this.addEventListener("drop", (event) => this.#files(event, event.dataTransfer?.files))
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#arrive)
    clearTimeout(this.#timer)
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

  get find() {
    return this.querySelector("[data-find]")
  }

  // What stands after the slash that begins the word one is writing, null without one.
  get #typed() {
    return this.text.value.slice(0, this.text.selectionStart).match(/(?:^|\s)\/([\w-]*)$/)?.[1] ?? null
  }

  #changed(field) {
    if (field === this.find) return this.#offer(field.value)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#keep(), PAUSE)
    if (field !== this.text) return
    if (this.#typed === null) this.#close()
    else this.#offer(this.#typed)
  }

  async #keep() {
    if (this.#sent) return
    await fetch(this.getAttribute("draft"), { method: "POST", body: this.#plain() })
  }

  #plain() {
    return new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === "string"))
  }

  async #offer(typed) {
    this.#open()
    const answer = await fetch(`${this.getAttribute("choices")}?q=${encodeURIComponent(typed)}`)
    if (!answer.ok || (typed !== this.#typed && typed !== this.find.value)) return
    this.choices.querySelector("[data-found]").innerHTML = await answer.text()
  }

  #open() {
    this.choices.hidden = false
    this.querySelector("[data-insert]")?.setAttribute("aria-expanded", "true")
  }

  #close() {
    this.choices.hidden = true
    this.find.value = ""
    this.querySelector("[data-insert]")?.setAttribute("aria-expanded", "false")
  }

  #press(event) {
    const held = event.ctrlKey || event.metaKey
    if (event.key === "Escape" && !this.choices.hidden) this.#close()
    else if (event.key === "ArrowDown" && !this.choices.hidden) this.choices.querySelector("button")?.focus()
    else if (held && event.key === "Enter") this.form.requestSubmit()
    else if (held && event.key === "b") wrap(this.text, "**")
    else if (held && event.key === "i") wrap(this.text, "*")
    else if (held && event.key === "k" && this.text.selectionStart !== this.text.selectionEnd) link(this.text)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const places = [this.find, ...this.choices.querySelectorAll("button")]
    if (event.key === "Escape") {
      this.#close()
      this.text.focus()
    } else if (step) places[(places.indexOf(document.activeElement) + step + places.length) % places.length]?.focus()
    else if (event.key === "Enter" && event.target === this.find) places[1]?.click()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #click(event) {
    const button = event.target.closest("button")
    if (!button) return
    if (button.dataset.text) this.#choose(button.dataset.text)
    else if (button.dataset.mark) wrap(this.text, button.dataset.mark)
    else if (button.dataset.line) markLines(this.text, button.dataset.line)
    else if ("link" in button.dataset) link(this.text)
    else if ("look" in button.dataset) this.#look(button)
    else if (button.dataset.empties) this.#empty(document.getElementById(button.dataset.empties), button)
    else if ("insert" in button.dataset && this.choices.hidden) this.#offer("").then(() => this.find.focus())
    else if ("insert" in button.dataset) this.#close()
  }

  #empty(field, button) {
    field.value = ""
    field.dispatchEvent(new Event("input", { bubbles: true }))
    button.closest("p").remove()
  }

  async #look(button) {
    const place = this.querySelector("[data-preview]")
    const shows = place.hidden
    if (shows) {
      const answer = await fetch(this.getAttribute("preview"), { method: "POST", body: this.#plain() })
      if (!answer.ok) return
      place.innerHTML = await answer.text()
    }
    place.hidden = !shows
    this.text.hidden = shows
    button.setAttribute("aria-pressed", String(shows))
    if (!shows) this.text.focus()
  }

  async #choose(address) {
    const answer = await fetch(address, { method: "POST", body: this.#plain() })
    if (!answer.ok) return
    const end = this.text.selectionStart
    const start = this.#typed === null ? end : end - this.#typed.length - 1
    this.text.setRangeText(await answer.text(), start, end, "end")
    this.#close()
    this.text.focus()
    this.#keep()
  }

  #files(event, given) {
    const input = this.querySelector("input[type=file]")
    if (!given?.length || !input || event.target.closest("rapport-drop")) return
    event.preventDefault()
    const all = new DataTransfer()
    for (const file of [...input.files, ...given]) all.items.add(file)
    input.files = all.files
    this.querySelector("[data-files]").open = true
    input.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

customElements.define("rapport-answer", Answer)
