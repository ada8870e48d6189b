// What was typed and is not saved: it stays with its row, by column, as {text, state, reason}.

export class Typed {
  #rows = new Set()

  // Note what was typed into a cell; what comes back is what stands for it.
  set(row, column, text) {
    const mark = row.typed[column] = { text, state: "sending", reason: "" }
    this.#rows.add(row)
    row.version++
    return mark
  }

  mark(row, column, state, reason) {
    Object.assign(row.typed[column], { state, reason })
    row.version++
  }

  drop(row, column) {
    delete row.typed[column]
    row.version++
  }

  // How many cells hold what is not saved.
  get number() {
    this.#tidy()
    return [...this.#rows].reduce((sum, row) => sum + Object.keys(row.typed).length, 0)
  }

  // The first cell that was refused, as [row, column]; undefined without one.
  get refused() {
    this.#tidy()
    const cells = [...this.#rows].flatMap((row) => Object.keys(row.typed).map((column) => [row, Number(column)]))
    return cells.find(([row, column]) => row.typed[column].state === "refused")
  }

  #tidy() {
    for (const row of this.#rows) if (!Object.keys(row.typed).length) this.#rows.delete(row)
  }
}
