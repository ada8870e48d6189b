// What was typed, on its way: one step after the other, each undone as a whole. What the server refuses stays in its cell
// with the reason; what does not arrive is sent again until it does.

import { ask, block } from "./asking.js"

const MANY = 200
const NEW = 50
const WAITS = [2000, 5000, 10_000, 30_000]

export class Saving {
  #rows
  #changes // who shows what became of them
  #address
  #queue = []
  #past
  #busy = false
  #failed = 0
  #timer = 0

  constructor(rows, changes, past, address) {
    this.#rows = rows
    this.#changes = changes
    this.#past = past
    this.#address = address
  }

  get idle() {
    return this.#queue.length === 0
  }

  get #left() {
    return this.#queue.reduce((sum, { cells, fresh }) => sum + cells.length + fresh.length, 0)
  }

  // Send cells: [{row, column, text, mark}], and rows that are new: [{row, marks}], of which all is sent.
  put(cells, fresh = []) {
    this.#queue.push({ cells, fresh, marks: [...cells], added: fresh.map(({ row }) => row), rows: new Set(), undo: [], saved: 0, refused: 0 })
    this.go()
  }

  async go() {
    clearTimeout(this.#timer)
    if (this.#busy) return
    this.#busy = true
    while (this.#queue.length) {
      const step = this.#queue[0]
      try {
        while (step.cells.length || step.fresh.length) {
          this.#changes.status.saving(this.#left)
          await this.#send(step)
        }
      } catch (trouble) {
        if (!trouble.told) {
          this.#lose(trouble)
          break
        }
        const reason = trouble.message || this.#changes.say("forbidden")
        for (const one of step.cells) this.#refuse(step, one, reason)
        for (const { row, marks } of step.fresh) this.#made(step, { row, marks }, null, { reason })
      }
      this.#failed = 0
      this.#queue.shift()
      this.#past.push(step)
      this.#changes.saved(step)
    }
    this.#busy = false
  }

  #lose(trouble) {
    this.#timer = setTimeout(() => this.go(), WAITS[Math.min(this.#failed++, WAITS.length - 1)])
    for (const step of this.#queue) {
      for (const { row, marks, mark } of [...step.cells, ...step.fresh]) {
        for (const one of marks ? Object.values(marks) : [mark]) one.state = "lost"
        row.version++
      }
    }
    this.#changes.status.lost(trouble.status)
  }

  async #send(step) {
    const cells = step.cells.slice(0, MANY), fresh = cells.length ? [] : step.fresh.slice(0, NEW)
    const key = (column) => this.#rows.columns[column].key
    const answer = await ask(this.#address, block(cells, fresh, key))
    step.cells.splice(0, cells.length)
    step.fresh.splice(0, fresh.length)
    step.undo.push(...answer.undo)
    const told = new Map(answer.told.map((one) => [`${one.row} ${one.column}`, one]))
    for (const one of fresh) this.#made(step, one, answer.added[one.row.key], told.get(`${one.row.key} ${key(0)}`))
    this.#rows.put(answer.rows)
    for (const one of cells) this.#settle(step, one, told.get(`${one.row.id} ${key(one.column)}`))
    for (const one of fresh.filter(({ row }) => row.id)) {
      this.#changes.settleNew(one, (column) => told.get(`${one.row.id} ${key(column)}`)?.reason)
    }
  }

  #made(step, { row, marks }, id, refusal) {
    if (!id) {
      this.#refuse(step, { row, column: 0, mark: marks[0] }, refusal?.reason)
      return this.#changes.settleNew({ row, marks })
    }
    this.#rows.know(row, id)
    step.rows.add(id)
    step.saved++
  }

  #settle(step, one, told) {
    if (told.now || told.status === 409) one.row.cells[one.column] = told.now
    if (told.status !== 200) return this.#refuse(step, one, told.reason)
    step.saved++
    step.rows.add(one.row.id)
    if (one.row.typed[one.column] === one.mark) delete one.row.typed[one.column]
    one.row.version++
  }

  #refuse(step, { row, column, mark }, reason) {
    step.refused++
    if (row.typed[column] === mark) this.#changes.mark(row, column, "refused", reason)
  }
}
