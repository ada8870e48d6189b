// The field in which a cell is written: over the cell, gone when it is kept (Enter, Tab, away) or left (Escape).

import { element } from "./heads.js"

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

export class Editor {
  #sheet
  #field = null
  #cell = null
  #quick = false
  #pointed = false

  constructor(sheet) {
    this.#sheet = sheet
  }

  get open() {
    return this.#field !== null
  }

  // Begin to write the cell that one is at; `typed` stands in for what is there.
  begin(typed = null) {
    const { row, column } = this.#sheet.picked.anchor
    const about = this.#sheet.rows.columns[column]
    if (!about.edit) return this.#sheet.tell(this.#sheet.say("fixed"), "warn")
    this.#sheet.picked.go(row, column, false, false)
    this.#cell = { row, column }
    this.#quick = typed !== null
    const text = typed ?? this.#sheet.text(row, column)
    this.#field = about.options.length ? this.#choice(about.options, text, typed) : this.#writing(about, text)
    this.#field.setAttribute("aria-label", `${about.label}: ${this.#sheet.text(row, 0)}`)
    this.#field.classList.add("grid-field")
    const { view } = this.#sheet
    Object.assign(this.#field.style, view.spot(row, column), { minInlineSize: `${view.widths[column]}px`, minBlockSize: `${view.height}px` })
    this.#field.addEventListener("keydown", (event) => this.#press(event))
    this.#field.addEventListener("blur", () => this.keep())
    view.layer.append(this.#field)
    this.#field.focus({ preventScroll: true })
    if (about.options.length && typed === null) this.#offer()
    else this.#field.setSelectionRange?.(text.length, text.length)
  }

  #writing(about, text) {
    if (!about.suggest) {
      const field = element("textarea", { rows: "1" })
      field.value = text
      return field
    }
    const field = element("input", { list: "grid-options", autocomplete: "off" })
    const offers = element("datalist", { id: "grid-options" })
    const ask = async () => {
      const answer = await fetch(`${about.suggest}?value=${encodeURIComponent(field.value)}`)
      if (answer.ok) offers.innerHTML = await answer.text()
    }
    let timer = 0
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120) })
    field.value = text
    this.#sheet.view.layer.append(offers)
    return field
  }

  #choice(options, text, typed) {
    const field = element("select", {}, ...options.map((words) => new Option(words || "–", words)))
    const begins = typed && options.find((words) => words.toLocaleLowerCase().startsWith(typed.toLocaleLowerCase()))
    field.value = begins ?? (options.includes(text) ? text : options[0])
    field.addEventListener("pointerdown", () => { this.#pointed = true })
    field.addEventListener("change", () => { if (this.#pointed) this.#end(() => {}) })
    this.#pointed = typed === null
    return field
  }

  // Let the browser show all choices, where it lets us.
  #offer() {
    try { this.#field.showPicker() } catch { this.#field.focus() }
  }

  #press(event) {
    event.stopPropagation()
    const { picked } = this.#sheet
    const choice = this.#field.localName === "select"
    const arrow = this.#quick && !choice && !event.altKey && !event.shiftKey && ARROWS[event.key]
    this.#pointed &&= !choice || !event.key.startsWith("Arrow")
    if (event.key === "Escape") this.cancel()
    else if (event.key === "Enter" && event.altKey && this.#field.localName === "textarea") this.#field.setRangeText("\n", this.#field.selectionStart, this.#field.selectionEnd, "end")
    else if (event.key === "Enter") this.#end(() => picked.next(event.shiftKey ? -1 : 1))
    else if (event.key === "Tab") this.#end(() => picked.tab(event.shiftKey ? -1 : 1))
    else if (arrow) this.#end(() => picked.move(...arrow))
    else return
    event.preventDefault()
  }

  #end(move) {
    this.keep()
    move()
    this.#sheet.view.grid.focus({ preventScroll: true })
  }

  keep() {
    if (!this.open) return
    const { row, column } = this.#cell, text = this.#field.value
    this.#close()
    if (text !== this.#sheet.text(row, column) || this.#sheet.rows.at(row)?.typed[column]) this.#sheet.changes.put([{ place: row, column, text }])
  }

  cancel() {
    this.#close()
    this.#sheet.view.grid.focus({ preventScroll: true })
  }

  #close() {
    const field = this.#field
    this.#field = null
    field.remove()
    document.getElementById("grid-options")?.remove()
  }
}
