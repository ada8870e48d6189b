// Cells as spreadsheets put them on the clipboard: tabs between cells, line breaks between rows, quotes where a cell has
// either of them or quotes.

const PLAIN = /^[^"\t\r\n]*$/

export const written = (rows) =>
  rows.map((cells) => cells.map((text) => (PLAIN.test(text) ? text : `"${text.replaceAll('"', '""')}"`)).join("\t")).join("\n")

export const read = (text) => {
  const rows = [[]]
  let at = 0
  while (at <= text.length) {
    const [cell, end] = text[at] === '"' ? quoted(text, at) : plain(text, at)
    rows.at(-1).push(cell)
    at = end
    if (text[at] === "\t") at++
    else if (text.startsWith("\r\n", at)) [at] = [at + 2, rows.push([])]
    else if (at < text.length) [at] = [at + 1, rows.push([])]
    else break
  }
  if (rows.length > 1 && rows.at(-1).length === 1 && rows.at(-1)[0] === "") rows.pop()
  return rows
}

const plain = (text, at) => {
  let end = at
  while (end < text.length && !"\t\r\n".includes(text[end])) end++
  return [text.slice(at, end), end]
}

// A cell in quotes; one that only begins with a quote is taken as it stands.
const quoted = (text, at) => {
  let end = at + 1
  while (end < text.length) {
    if (text[end] !== '"') end++
    else if (text[end + 1] === '"') end += 2
    else break
  }
  const closed = text[end] === '"' && (end + 1 === text.length || "\t\r\n".includes(text[end + 1]))
  return closed ? [text.slice(at + 1, end).replaceAll('""', '"'), end + 1] : plain(text, at)
}
