// Many cells at once: copied and pasted as spreadsheets do it, filled from a row above or by the handle, emptied.

import { read, written } from "./tsv.js"

const MANY = 5000

const over = ({ top, bottom, left, right }, textAt) => {
  const changes = []
  for (let place = top; place <= bottom; place++) {
    for (let column = left; column <= right; column++) changes.push({ place, column, text: textAt(place, column) })
  }
  return changes
}

export class Filling {
  #sheet

  constructor(sheet) {
    this.#sheet = sheet
    const { grid } = sheet.view
    grid.addEventListener("copy", (event) => this.#copy(event))
    grid.addEventListener("cut", (event) => { if (this.#copy(event)) this.clear() })
    grid.addEventListener("paste", (event) => {
      event.preventDefault()
      this.paste(event.clipboardData.getData("text/plain"))
    })
  }

  // The rows of a range are here; false, and said, when they are too many.
  async #here({ top, bottom }) {
    if (bottom - top >= MANY) return this.#many()
    await this.#sheet.need(top, bottom)
    return true
  }

  #many() {
    this.#sheet.tell(this.#sheet.say("many", { n: this.#sheet.status.format.format(MANY) }), "warn")
    return false
  }

  #put(changes, ...notes) {
    const fixed = this.#sheet.changes.put(changes)
    if (fixed) notes.push(this.#sheet.say("left", { n: fixed }))
    if (notes.length) this.#sheet.status.note(notes.join(" "))
  }

  #copy(event) {
    event.preventDefault()
    const { range } = this.#sheet.picked
    if (range.bottom - range.top >= MANY) return this.#many()
    const there = () => written(this.#texts(range))
    const missing = Array.from({ length: range.bottom - range.top + 1 }, (_one, at) => range.top + at)
      .some((place) => place < this.#sheet.rows.total && !this.#sheet.rows.at(place))
    if (!missing) event.clipboardData.setData("text/plain", there())
    else this.#here(range).then(() => navigator.clipboard?.writeText(there()))
    this.#sheet.tell(this.#sheet.say("copied", { n: (range.bottom - range.top + 1) * (range.right - range.left + 1) }), "quiet")
    return !missing
  }

  #texts({ top, bottom, left, right }) {
    const columns = Array.from({ length: right - left + 1 }, (_one, at) => left + at)
    const rows = Array.from({ length: Math.min(bottom, this.#sheet.rows.total - 1) - top + 1 }, (_one, at) => top + at)
    return rows.map((place) => columns.map((column) => this.#sheet.text(place, column)))
  }

  // One cell fills the whole selection; a block goes where it begins, again and again where the selection is a multiple.
  async paste(text) {
    const block = read(text), { picked, size } = this.#sheet
    const { top, left, ...end } = picked.range
    const high = block.length, wide = Math.max(...block.map((cells) => cells.length))
    const [tall, broad] = [end.bottom - top + 1, end.right - left + 1]
    const again = tall % high === 0 && broad % wide === 0
    const bottom = again ? end.bottom : top + high - 1, right = Math.min(size.columns - 1, again ? end.right : left + wide - 1)
    if (!(await this.#here({ top, bottom }))) return
    const { total } = this.#sheet.rows
    const aside = again ? 0 : left + wide - size.columns
    const notes = aside > 0 ? [this.#sheet.say("aside", { n: aside })] : []
    const textAt = (place, column) => block[(place - top) % high][(column - left) % wide] ?? ""
    this.#put(over({ top, left, right, bottom: Math.min(bottom, total - 1) }, textAt), ...notes)
    picked.select(top, left, Math.max(top, Math.min(bottom, this.#sheet.size.rows - 1)), right)
    if (bottom >= total) this.#beyond({ top: Math.max(top, total), left, right, bottom }, textAt)
  }

  // Rows that go beyond the end are added when one says so, if they have a name.
  #beyond(range, textAt) {
    const { rows, say } = this.#sheet
    const n = range.bottom - range.top + 1
    if (!rows.adds || !rows.ended) return this.#sheet.tell(this.#sheet.say("beyond", { n }), "warn")
    if (range.left > 0) return this.#sheet.tell(this.#sheet.say("unnamed", { n }), "warn")
    const add = () => {
      this.#sheet.changes.put(over(range, textAt).filter(({ text, column }) => text && rows.columns[column].edit))
      this.#sheet.picked.select(range.top, range.left, range.bottom, range.right)
    }
    if (n === 1) return add()
    this.#sheet.tell(say.call(this.#sheet, "beyond", { n }), "warn", [[this.#sheet.say("add"), add]])
  }

  async down() {
    const { range } = this.#sheet.picked, single = range.top === range.bottom
    const from = single ? range.top - 1 : range.top
    if (from < 0 || !(await this.#here({ top: from, bottom: range.bottom }))) return
    const to = { ...range, top: from + 1, bottom: Math.min(range.bottom, this.#sheet.rows.total - 1) }
    this.#put(over(to, (_place, column) => this.#sheet.text(from, column)))
  }

  // Fill `to` with what `from` holds, which is a part of it, again and again.
  async fill(from, to) {
    if (!(await this.#here(to))) return
    const high = from.bottom - from.top + 1, wide = from.right - from.left + 1
    const turn = (at, start, length) => start + ((((at - start) % length) + length) % length)
    const inside = { ...to, bottom: Math.min(to.bottom, this.#sheet.rows.total - 1) }
    this.#put(over(inside, (place, column) => this.#sheet.text(turn(place, from.top, high), turn(column, from.left, wide))))
  }

  async clear() {
    const { range } = this.#sheet.picked
    if (!(await this.#here(range))) return
    this.#put(over({ ...range, bottom: Math.min(range.bottom, this.#sheet.rows.total - 1) }, () => ""))
  }
}
