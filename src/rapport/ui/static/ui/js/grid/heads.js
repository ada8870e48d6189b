// The parts that a grid is made of: its head and foot, its rows and their cells.

export const element = (name, attributes = {}, ...inside) => {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...inside)
  return made
}

const STATES = { sending: "is-sending", lost: "is-lost", waiting: "is-lost", refused: "is-refused" }

const LEAST = { main: 200, num: 84 }
const LETTER = 7.3, MOST = 280

const kind = (column) => (["main", "num"].includes(column.kind) ? ` is-${column.kind}` : "")

export class Heads {
  #sheet

  constructor(sheet) {
    this.#sheet = sheet
    this.head = element("div", { class: "grid-head", role: "rowgroup" })
    this.foot = element("div", { class: "grid-foot", role: "rowgroup" })
    this.handle = element("span", { class: "grid-handle", "aria-hidden": "true" })
  }

  begin() {
    const { columns } = this.#sheet.rows
    const line = element("div", { class: "grid-row", role: "row", "aria-rowindex": 1 })
    const corner = element("div", { class: "grid-number", role: "columnheader", "aria-colindex": 1 })
    corner.append(element("span", { class: "hidden-visually" }, this.#sheet.say("row")))
    line.append(corner, ...columns.map((column, at) => this.#title(column, at)))
    this.head.replaceChildren(line)
    if (columns.some((column) => column.total)) this.#totals(columns)
  }

  // The columns as wide as what the first rows hold, within bounds; what is left of `space` is shared out.
  widths(space) {
    const { columns, total } = this.#sheet.rows
    const first = Array.from({ length: Math.min(100, total) }, (_one, place) => place)
    const found = columns.map((column, at) => {
      const letters = Math.max(column.label.length + 3, ...first.map((place) => this.#sheet.text(place, at).length))
      return Math.round(Math.max(LEAST[column.kind] ?? 110, Math.min(MOST, letters * LETTER + 20)))
    })
    const spare = Math.floor((space - found.reduce((sum, one) => sum + one, 0)) / columns.length)
    return spare > 0 ? found.map((one) => one + spare) : found
  }

  #title(column, at) {
    const title = element("div", { class: `grid-title${kind(column)}`, role: "columnheader", "aria-colindex": at + 2, "data-title": at })
    if (column.order) title.setAttribute("aria-sort", column.order)
    if (!column.edit) title.classList.add("is-fixed")
    const label = column.sort ? element("a", { href: column.sort }, column.label) : element("span", {}, column.label)
    label.classList.add("clip")
    title.append(label)
    if (column.order) title.append(this.#sheet.icon(column.order))
    else if (!column.edit) title.append(this.#sheet.icon("fixed"))
    return title
  }

  #totals(columns) {
    const line = element("div", { class: "grid-row", role: "row" })
    const cells = columns.map((column, at) => element("div", { class: `grid-cell${kind(column)}`, role: "gridcell", "aria-colindex": at + 2 }, column.total))
    line.append(element("div", { class: "grid-number", role: "rowheader", "aria-colindex": 1 }, "Σ"), ...cells)
    this.foot.replaceChildren(line)
  }

  // A row without content, at its place.
  line(place, height) {
    const line = element("div", { class: "grid-row", role: "row", "aria-rowindex": place + 2, "data-place": place })
    line.style.insetBlockStart = `${place * height}px`
    line.number = element("div", { class: "grid-number", role: "rowheader", "aria-colindex": 1, "data-number": place })
    line.cells = this.#sheet.rows.columns.map((_column, at) =>
      element("div", { role: "gridcell", "aria-colindex": at + 2, id: `cell-${place}-${at}`, "data-column": at }))
    line.append(line.number, ...line.cells)
    line.shown = null
    return line
  }

  fill(line, row, place) {
    [line.shown, line.version] = [row, row?.version]
    const extra = !row && place === this.#sheet.rows.total
    line.number.textContent = extra ? "+" : place + 1
    line.classList.toggle("is-extra", extra)
    line.classList.toggle("is-empty", !row && !extra)
    for (const [at, cell] of line.cells.entries()) this.#cell(cell, row, at, extra)
  }

  #cell(cell, row, at, extra) {
    const column = this.#sheet.rows.columns[at], typed = row?.typed[at]
    cell.className = [`grid-cell${kind(column)}`, column.edit ? "" : "is-fixed", STATES[typed?.state] ?? ""].filter(Boolean).join(" ")
    cell.textContent = row ? typed?.text ?? row.cells[at] : extra && at === 0 ? this.#sheet.rows.adds : ""
    cell.toggleAttribute("aria-readonly", false)
    cell.toggleAttribute("aria-invalid", false)
    if (!column.edit) cell.setAttribute("aria-readonly", "true")
    if (typed?.state === "refused") cell.setAttribute("aria-invalid", "true")
    if (at === 0 && row?.href) {
      const link = element("a", { class: "grid-open", href: row.href, tabindex: "-1", "aria-label": this.#sheet.say("open") })
      link.append(this.#sheet.icon("open"))
      cell.append(link)
    }
  }
}
