// Why the cell that one is at was refused, below it; screen readers hear it with the cell.

import { element } from "./heads.js"

export class Note {
  #sheet
  #cell = null

  constructor(sheet) {
    this.#sheet = sheet
    this.box = element("div", { class: "grid-note", id: "grid-note", hidden: "" })
  }

  show({ row, column }, cell) {
    const reason = this.#sheet.rows.at(row)?.typed[column]?.reason ?? ""
    this.#cell?.removeAttribute("aria-describedby")
    this.#cell = reason ? cell : null
    this.#cell?.setAttribute("aria-describedby", "grid-note")
    this.box.hidden = !reason
    this.box.textContent = reason
    Object.assign(this.box.style, this.#sheet.view.spot(row + 1, column))
  }
}
