// The rows of a grid: fetched in blocks, each after the last row of the one before, or so many rows on from there.
// A row is {id, href, cells, numbers, typed}; `typed` holds what is not saved (yet) by column: {text, state, reason}.

import { ask } from "./asking.js"

const BLOCK = 100
const MOST = 100_000

const numbered = ({ cells, ...row }) => ({
  ...row,
  cells: cells.map((cell) => (Array.isArray(cell) ? cell[0] : cell)),
  numbers: cells.map((cell) => (Array.isArray(cell) ? cell[1] : null)),
})

export class Rows {
  #address
  #rows = []
  #byId = new Map()
  #cursors = new Map([[0, ""]])
  #loaded = new Set()
  #going = new Map()
  total = 0
  ended = false
  columns = []
  adds = ""

  constructor(address) {
    this.#address = address
  }

  get cut() {
    return !this.ended && this.total >= MOST
  }

  at(place) {
    return this.#rows[place]
  }

  placeOf(row) {
    return this.#rows.indexOf(row)
  }

  async begin() {
    const block = await this.#block(0)
    Object.assign(this, { columns: block.columns, adds: block.adds })
    if (!this.ended) this.total = Math.max(this.total, Math.min(MOST, block.total))
  }

  // Fetch the rows from `first` to `last` as far as they are not here.
  need(first, last) {
    const wanted = []
    const end = Math.floor(Math.min(last, this.total - 1) / BLOCK)
    for (let number = Math.floor(first / BLOCK); number <= end; number++) {
      if (!this.#loaded.has(number)) wanted.push(this.#block(number))
    }
    return Promise.all(wanted)
  }

  // Fetch the last rows, so that one may add others.
  async end() {
    while (!this.ended && !this.cut) await this.need(this.total - 1, this.total - 1)
  }

  #block(number) {
    if (!this.#going.has(number)) {
      this.#going.set(number, this.#fetch(number).finally(() => this.#going.delete(number)))
    }
    return this.#going.get(number)
  }

  async #fetch(number) {
    let from = number
    while (!this.#cursors.has(from)) from--
    const address = new URL(this.#address, location.href)
    if (this.#cursors.get(from)) address.searchParams.set("after", this.#cursors.get(from))
    if (number > from) address.searchParams.set("skip", (number - from) * BLOCK)
    const block = await ask(address)
    const start = number * BLOCK
    block.rows.forEach((given, at) => {
      const row = this.#rows[start + at] = { ...numbered(given), typed: {}, version: 0 }
      this.#byId.set(row.id, row)
    })
    this.#loaded.add(number)
    if (block.after) this.#cursors.set(number + 1, block.after)
    if (block.after) this.total = Math.max(this.total, Math.min(MOST, start + BLOCK + 1))
    else if (!this.ended) [this.total, this.ended] = [block.end, true]
    return block
  }

  // Show what the server says of rows anew; what was typed meanwhile stays.
  put(given) {
    for (const one of given.map(numbered)) {
      const row = this.#byId.get(one.id)
      if (row) Object.assign(row, one, { version: row.version + 1 })
    }
  }

  // A row at the end that the server does not know yet; by its key it is added once however often it is sent.
  append() {
    const cells = this.columns.map(() => "")
    const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    const row = { id: "", key, href: "", cells, numbers: cells.map(() => null), typed: {}, version: 0 }
    this.#rows[this.total++] = row
    return row
  }

  know(row, id) {
    row.id = id
    this.#byId.set(id, row)
  }

  remove(row) {
    const place = this.placeOf(row)
    if (place < 0) return
    this.#rows.splice(place, 1)
    this.#byId.delete(row.id)
    this.total--
  }
}
