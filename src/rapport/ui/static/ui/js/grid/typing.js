// The keys of a grid. What is typed into a cell begins to change it; Escape, then Tab leaves the grid.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

export class Typing {
  #sheet
  #leaving = false

  constructor(sheet) {
    this.#sheet = sheet
    sheet.view.grid.addEventListener("keydown", (event) => this.#press(event))
    sheet.view.grid.addEventListener("focus", () => { this.#leaving = false })
  }

  #press(event) {
    if (event.isComposing || event.target !== this.#sheet.view.grid) return
    const control = event.ctrlKey || event.metaKey
    const done = control ? this.#command(event) : this.#go(event) || this.#act(event) || this.#write(event)
    if (event.key !== "Tab") this.#leaving = event.key === "Escape"
    if (!done) return
    event.preventDefault()
    event.stopPropagation()
  }

  #go(event) {
    const { picked, view, size } = this.#sheet, extend = event.shiftKey
    const arrow = ARROWS[event.key], page = view.window.fits
    if (event.altKey) return false
    if (arrow) picked.move(...arrow, extend)
    else if (event.key === "PageDown") picked.move(page, 0, extend)
    else if (event.key === "PageUp") picked.move(-page, 0, extend)
    else if (event.key === "Home") picked.go(picked.row, 0, extend)
    else if (event.key === "End") picked.go(picked.row, size.columns - 1, extend)
    else if (event.key === "Tab") return !this.#leaving && picked.tab(extend ? -1 : 1)
    else return false
    return true
  }

  #act(event) {
    const { picked, editor } = this.#sheet
    if (event.key === "Enter" && event.shiftKey) picked.next(-1)
    else if (event.key === "Enter" || event.key === "F2") editor.begin()
    else if (event.key === "Delete" || event.key === "Backspace") this.#sheet.filling.clear()
    else if (event.key === "Escape") this.#sheet.changes.forget()
    else return false
    return true
  }

  #write(event) {
    if (event.key.length !== 1 || event.altKey) return false
    this.#sheet.editor.begin(event.key)
    return true
  }

  #command(event) {
    const { picked, size } = this.#sheet, extend = event.shiftKey
    const arrow = ARROWS[event.key]
    const key = event.key.toLowerCase()
    if (arrow) picked.go(...this.#edge(...arrow), extend)
    else if (key === "home") picked.go(0, 0, extend)
    else if (key === "end") picked.go(size.rows - 1, size.columns - 1, extend)
    else if (key === "a") picked.select(0, 0, size.rows - 1, size.columns - 1)
    else if (key === "d") this.#sheet.filling.down()
    else if (key === "z" && !extend) this.#sheet.changes.undo()
    else if (key === "enter") this.#sheet.openRow()
    else return false
    return true
  }

  #edge(down, aside) {
    const { picked, size } = this.#sheet
    const row = down ? (down > 0 ? size.rows - 1 : 0) : picked.row
    const column = aside ? (aside > 0 ? size.columns - 1 : 0) : picked.column
    return [row, column]
  }
}
