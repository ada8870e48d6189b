// A grid as a whole: its rows, where one is, what one sees, and the words that it speaks.

import { Changes } from "./changes.js"
import { Editor } from "./editor.js"
import { Filling } from "./filling.js"
import { Picked } from "./picked.js"
import { reveal } from "./revealing.js"
import { Rows } from "./rows.js"
import { Status } from "./status.js"
import { View } from "./view.js"

export class Sheet {
  #words

  constructor({ rows, changes, undo, label, words, line }) {
    this.#words = words
    this.rows = new Rows(rows)
    this.picked = new Picked(() => this.size, () => this.#moved())
    this.view = new View(this, label)
    this.status = new Status(this, line)
    this.changes = new Changes(this, { changes, undo })
    this.editor = new Editor(this)
    this.filling = new Filling(this)
  }

  // How many rows and columns one may go to; below the last row is one to add another.
  get size() {
    return { rows: this.rows.total + (this.rows.adds && this.rows.ended ? 1 : 0), columns: this.rows.columns.length }
  }

  say(word, values = {}) {
    const text = this.#words.querySelector(`[data-word="${word}"]`).textContent
    return Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), text)
  }

  icon(name) {
    return this.#words.querySelector(`[data-icon="${name}"]`).firstElementChild.cloneNode(true)
  }

  tell(text, tone, acts) {
    this.status.tell(text, tone, acts)
  }

  // What a cell shows: what was typed, or what is saved.
  text(place, column) {
    const row = this.rows.at(place)
    return row?.typed[column]?.text ?? row?.cells[column] ?? ""
  }

  async need(first, last) {
    try {
      await this.rows.need(Math.max(0, first), last)
      this.status.found()
    } catch (trouble) {
      this.status.missing(trouble, () => this.need(first, last))
    }
    this.view.refresh()
  }

  // Go to the row at the end, which adds another.
  async begin() {
    await this.rows.end()
    this.picked.go(this.size.rows - 1, 0)
    this.view.grid.focus({ preventScroll: true })
  }

  openRow() {
    const row = this.rows.at(this.picked.anchor.row)
    if (row?.href) location.assign(row.href)
  }

  #moved() {
    reveal(this.view, this.picked.row, this.picked.column)
    this.view.soon()
    this.status.sums()
  }
}
