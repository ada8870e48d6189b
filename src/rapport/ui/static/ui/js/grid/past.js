// What was done in a grid, step by step, and the way back: what was saved is put back by the server, what was refused is
// forgotten.

import { ask } from "./asking.js"

const NOTHING = { rows: [], gone: [], refused: [] }

export class Past {
  #rows
  #address
  #steps = []

  constructor(rows, address) {
    this.#rows = rows
    this.#address = address
  }

  push(step) {
    this.#steps.push(step)
  }

  // Take the last step back and return what the server refused of that, in words; null when there is none.
  async undo() {
    const step = this.#steps.at(-1)
    if (!step) return null
    const answer = step.undo.length ? await ask(this.#address, { undo: step.undo, rows: [...step.rows] }) : NOTHING
    this.#steps.pop()
    for (const { row, column, mark } of step.marks) {
      if (row.typed[column] === mark) delete row.typed[column]
      row.version++
    }
    this.#rows.put(answer.rows)
    for (const row of step.added) {
      if (!row.id || answer.gone.includes(row.id)) [row.typed = {}, this.#rows.remove(row)]
    }
    return answer.refused
  }
}
