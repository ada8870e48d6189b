// Texts, articles and macros to choose from while one writes: opened by a slash or a button, walked by the arrow keys.

export class Picker {
  constructor(host) {
    this.host = host
    this.place = host.querySelector("[data-choices]")
    this.find = host.querySelector("[data-find]")
    this.place.addEventListener("keydown", (event) => this.#walk(event))
  }

  get text() {
    return this.host.querySelector("textarea")
  }

  get shown() {
    return !this.place.hidden
  }

  // What stands after the slash that begins the word one is writing, null without one.
  get typed() {
    return this.text.value.slice(0, this.text.selectionStart).match(/(?:^|\s)\/([\w-]*)$/)?.[1] ?? null
  }

  async offer(typed) {
    this.#show(true)
    const answer = await fetch(`${this.host.getAttribute("choices")}?q=${encodeURIComponent(typed)}`)
    if (!answer.ok || (typed !== this.typed && typed !== this.find.value)) return
    this.place.querySelector("[data-found]").innerHTML = await answer.text()
  }

  close() {
    this.#show(false)
    this.find.value = ""
  }

  enter() {
    this.place.querySelector("button")?.focus()
  }

  // Puts a text in the place of the slash and what was typed after it.
  put(words) {
    const end = this.text.selectionStart
    const start = this.typed === null ? end : end - this.typed.length - 1
    this.text.setRangeText(words, start, end, "end")
    this.close()
    this.text.focus()
  }

  #show(shows) {
    this.place.hidden = !shows
    this.host.querySelector("[data-insert]")?.setAttribute("aria-expanded", String(shows))
  }

  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const places = [this.find, ...this.place.querySelectorAll("button")]
    if (event.key === "Escape") {
      this.close()
      this.text.focus()
    } else if (step) places[(places.indexOf(document.activeElement) + step + places.length) % places.length]?.focus()
    else if (event.key === "Enter" && event.target === this.find) places[1]?.click()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}
