// An answer being written: kept on the server as a draft, sent with Ctrl Enter, texts, articles and macros after a
// slash, a few marks of Markdown by buttons and keys, files by drop and paste.

import { addFiles } from "./files.js"
import { Kept } from "./kept.js"
import { link, markLines, offer, wrap } from "./marks.js"
import { Picker } from "./picker.js"

const PAUSE = 1200

class Answer extends HTMLElement {
  #timer = 0

  #arrive = () => location.hash === "#answer" && this.text.focus()

  connectedCallback() {
    this.picker = new Picker(this)
    this.kept = new Kept(this, () => this.#plain())
    this.#arrive()
    addEventListener("hashchange", this.#arrive)
    this.addEventListener("input", (event) => this.#changed(event.target))
    this.text.addEventListener("keydown", (event) => this.#press(event))
    this.addEventListener("click", (event) => this.#click(event))
    this.addEventListener("submit", (event) => {
      clearTimeout(this.#timer)
      this.kept.end(event)
    })
    this.addEventListener("paste", (event) => this.#files(event, event.clipboardData?.files))
    this.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault())
    this.addEventListener("drop", (event) => this.#files(event, event.dataTransfer?.files))
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#arrive)
    clearTimeout(this.#timer)
  }

  get text() {
    return this.querySelector("textarea")
  }

  #changed(field) {
    if (field === this.picker.find) return this.picker.offer(field.value)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.kept.keep(), PAUSE)
    if (field !== this.text) return
    if (this.picker.typed === null) this.picker.close()
    else this.picker.offer(this.picker.typed)
  }

  #plain() {
    return new URLSearchParams([...new FormData(this.text.form)].filter(([, value]) => typeof value === "string"))
  }

  #press(event) {
    const held = event.ctrlKey || event.metaKey
    if (event.key === "Escape" && this.picker.shown) this.picker.close()
    else if (event.key === "ArrowDown" && this.picker.shown) this.picker.enter()
    else if (held && event.key === "Enter") this.text.form.requestSubmit()
    else if (held && event.key === "b") wrap(this.text, "**")
    else if (held && event.key === "i") wrap(this.text, "*")
    else if (held && event.key === "k" && this.text.selectionStart !== this.text.selectionEnd) link(this.text)
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
    else if ("offer" in button.dataset) offer(this.text)
    else if ("look" in button.dataset) this.#look(button)
    else if (button.dataset.empties) this.#empty(document.getElementById(button.dataset.empties), button)
    else if ("insert" in button.dataset && this.picker.shown) this.picker.close()
    else if ("insert" in button.dataset) this.picker.offer("").then(() => this.picker.find.focus())
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
    this.picker.put(await answer.text())
    this.kept.keep()
  }

  #files(event, given) {
    const input = this.querySelector("input[type=file]")
    if (!given?.length || !input || event.target.closest("rapport-drop")) return
    event.preventDefault()
    addFiles(input, given)
    this.querySelector("[data-files]").open = true
  }
}

customElements.define("rapport-answer", Answer)
