// What one changes in a grid: shown at once, saved behind; what is not saved stays in its cell and says why.

import { Past } from "./past.js"
import { Saving } from "./saving.js"
import { Typed } from "./typed.js"

export class Changes {
  #sheet
  #saving
  #past
  #typed = new Typed()
  #count = { saved: 0, refused: 0 }

  constructor(sheet, addresses) {
    this.#sheet = sheet
    this.#past = new Past(sheet.rows, addresses.undo)
    this.#saving = new Saving(sheet.rows, this, this.#past, addresses.changes)
  }

  // How many cells hold what is not saved.
  get unsaved() {
    return this.#typed.number
  }

  get status() {
    return this.#sheet.status
  }

  say(word) {
    return this.#sheet.say(word)
  }

  get idle() {
    return this.#saving.idle
  }

  // Send what did not arrive.
  again() {
    this.#saving.go()
  }

  // Change cells: [{place, column, text}]. Returns how many may not be changed and stayed as they are.
  put(changes) {
    const cells = [], fresh = new Set(), { rows } = this.#sheet
    let fixed = 0
    for (const { place, column, text } of changes) {
      const row = rows.at(place) ?? (place === rows.total && this.#sheet.size.rows > place ? rows.append() : null)
      if (!row || (text === this.#sheet.text(place, column) && !row.typed[column])) continue
      if (!rows.columns[column].edit) { fixed++; continue }
      if (row.id && text === row.cells[column] && row.typed[column]?.state !== "sending") { this.#typed.drop(row, column); continue }
      const mark = this.#typed.set(row, column, text)
      if (row.id) cells.push({ row, column, text, mark })
      else fresh.add(row)
    }
    const whole = [...fresh].filter((row) => this.#named(row)).map((row) => ({ row, marks: { ...row.typed } }))
    this.#sheet.view.soon()
    if (!cells.length && !whole.length) return fixed
    this.#saving.put(cells, whole)
    return fixed
  }

  // Whether a new row can be sent: not without a name, nor while it is on its way.
  #named(row) {
    if (row.going) return false
    if (row.typed[0]?.text.trim()) return (row.going = true)
    for (const column of Object.keys(row.typed)) this.mark(row, column, "waiting", this.say("nameless"))
    return false
  }

  mark(row, column, state, reason) {
    this.#typed.mark(row, column, state, reason)
    this.#sheet.view.soon()
  }

  // A new row was answered for: what was typed since is sent, what was sent with it is saved or refused.
  settleNew({ row, marks }, reasonOf) {
    row.going = false
    const cells = []
    for (const [column, mark] of Object.entries(row.typed)) {
      if (!row.id) { if (mark.state !== "refused") this.mark(row, column, "waiting", this.say("nameless")) }
      else if (marks[column] !== mark) cells.push({ row, column: Number(column), text: mark.text, mark })
      else if (reasonOf(column)) this.mark(row, column, "refused", reasonOf(column))
      else this.#typed.drop(row, column)
    }
    if (cells.length) this.#saving.put(cells)
  }

  saved({ saved, refused }) {
    this.#count = { saved: this.#count.saved + saved, refused: this.#count.refused + refused }
    if (this.#saving.idle) {
      this.status.saved(this.#count.saved, this.#count.refused)
      this.#count = { saved: 0, refused: 0 }
    }
    this.status.sums()
    this.#sheet.view.soon()
  }

  // Go back to what is saved in the cell one is at.
  forget() {
    const { row: place, column } = this.#sheet.picked.anchor, row = this.#sheet.rows.at(place)
    if (["refused", "waiting"].includes(row?.typed[column]?.state)) this.#typed.drop(row, column)
    this.#sheet.picked.go(place, column)
  }

  showRefused() {
    const [row, column] = this.#typed.refused ?? []
    if (row) this.#sheet.picked.go(this.#sheet.rows.placeOf(row), column)
  }

  // Take the last step back, once everything is saved.
  async undo() {
    if (!this.#saving.idle) return
    const refused = await this.#past.undo().catch(() => [this.say("away")])
    if (!refused) return
    const { picked } = this.#sheet, { row, column } = picked.anchor
    this.#sheet.tell(refused.join(" ") || this.say("undone"), refused.length ? "bad" : "quiet")
    picked.go(row, column)
  }
}
