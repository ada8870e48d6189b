// The line below a grid: what was saved or not, and the count, sum and average of what is selected.

export class Status {
  #sheet
  #line
  #timer = 0
  #noted = []
  #missing = 0

  constructor(sheet, line) {
    this.#sheet = sheet
    this.#line = line
    this.#part("new").addEventListener("click", () => this.#sheet.begin())
    this.format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 })
  }

  #part(name) {
    return this.#line.querySelector(`[data-${name}]`)
  }

  // Say `text`, with buttons for what one may do about it: [[label, act]].
  tell(text, tone = "quiet", acts = []) {
    this.#part("said").textContent = text
    this.#line.dataset.tone = tone
    const buttons = acts.map(([label, act]) => {
      const button = document.createElement("button")
      Object.assign(button, { type: "button", className: "button button-small", textContent: label })
      button.addEventListener("click", () => { this.tell(""); act(); this.#sheet.view.grid.focus({ preventScroll: true }) })
      return button
    })
    this.#part("acts").replaceChildren(...buttons)
  }

  // Say `text` with what is told of the changes that go along with it; at once when there are none.
  note(text) {
    this.#noted.push(text)
    if (this.#sheet.changes.idle) this.saved(0, 0)
  }

  saving(n) {
    this.tell(this.#sheet.say("saving", { n: this.format.format(n) }))
  }

  saved(saved, refused) {
    const { changes } = this.#sheet, word = (name, n) => this.#sheet.say(name, { n: this.format.format(n) })
    const parts = [saved && word("saved", saved), refused && word("refused", refused), ...this.#noted.splice(0)]
    const acts = [
      refused && [word("show"), () => changes.showRefused()],
      saved && [word("undo"), () => changes.undo()],
    ]
    const tone = refused ? "bad" : parts.length > 2 ? "warn" : "quiet"
    this.tell(parts.filter(Boolean).join(" "), tone, acts.filter(Boolean))
  }

  lost(status) {
    const word = status === 401 ? "signedout" : "lost"
    this.tell(this.#sheet.say(word, { n: this.#sheet.changes.unsaved }), "bad", [[this.#sheet.say("retry"), () => this.#sheet.changes.again()]])
  }

  // Rows did not come: they are asked for again.
  missing(trouble, again) {
    clearTimeout(this.#missing)
    this.tell(trouble.status === 401 ? this.#sheet.say("signedout") : trouble.message || this.#sheet.say("away"), "bad", [[this.#sheet.say("retry"), again]])
    this.#missing = setTimeout(again, 5000)
  }

  found() {
    if (this.#missing) [clearTimeout(this.#missing), this.tell("")]
    this.#missing = 0
    const { rows } = this.#sheet
    this.#part("new").hidden = !rows.adds || rows.cut
    this.#part("rows").textContent = this.#sheet.say(rows.cut ? "cut" : "rows", { n: this.format.format(rows.total) })
  }

  sums() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#add(), 80)
  }

  #add() {
    const { picked, rows } = this.#sheet
    const place = this.#part("sums")
    if (picked.single) return place.replaceChildren()
    const { top, bottom, left, right } = picked.range
    let count = 0, numbers = 0, sum = 0, missing = 0
    for (let at = top; at <= bottom; at++) {
      const row = rows.at(at)
      if (!row && at < rows.total) missing++
      for (let column = left; row && column <= right; column++) {
        if (this.#sheet.text(at, column) !== "") count++
        if (row.typed[column] || row.numbers[column] === null) continue
        [numbers, sum] = [numbers + 1, sum + row.numbers[column]]
      }
    }
    const told = [["count", count], ...(numbers ? [["sum", sum], ["average", sum / numbers]] : [])]
    if (missing) told.push(["missing", missing])
    place.textContent = told.map(([name, n]) => this.#sheet.say(name, { n: this.format.format(n) })).join("  ·  ")
  }
}
