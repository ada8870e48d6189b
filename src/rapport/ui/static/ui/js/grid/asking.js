// Questions to the server, answered in JSON. What is no answer at all (lost, signed out, broken) is not `told`.

export class Trouble extends Error {
  constructor(status, reason = "") {
    super(reason)
    this.status = status
  }

  // Whether the server understood and said no: to ask the same again would not help.
  get told() {
    return [400, 403, 404, 413].includes(this.status)
  }
}

export const ask = async (address, body) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? ""
  const headers = { Accept: "application/json", "X-CSRFToken": token }
  const how = body ? { method: "POST", body: JSON.stringify(body), headers } : { headers }
  const answer = await fetch(address, how).catch(() => { throw new Trouble(0) })
  if (answer.redirected) throw new Trouble(401)
  const plain = answer.headers.get("Content-Type")?.startsWith("application/json")
  if (!plain) throw new Trouble(answer.status)
  const said = await answer.json()
  if (!answer.ok) throw new Trouble(answer.status, said.reason)
  return said
}

// What is sent of changed cells and of new rows; `key` gives the key of a column.
export const block = (cells, fresh, key) => ({
  cells: cells.map(({ row, column, text }) => ({ row: row.id, column: key(column), text, was: row.cells[column] })),
  new: fresh.map(({ row, marks }) => ({
    key: row.key, cells: Object.fromEntries(Object.entries(marks).map(([column, { text }]) => [key(column), text])),
  })),
})
