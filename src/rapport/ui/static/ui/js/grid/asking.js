// Questions to the server, answered in JSON. What is no answer at all (lost, signed out, broken) is not `told`.

const TOKEN = "[name=csrfmiddlewaretoken]"

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

// Who signed in anew in another tab has another token: that of this page, read again, is taken over.
const renewed = async () => {
  const page = await fetch(location.href)
  const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector(TOKEN)?.value
  if (page.redirected || !token) return false
  for (const field of document.querySelectorAll(TOKEN)) field.value = token
  return true
}

export const ask = async (address, body, again = true) => {
  const headers = { Accept: "application/json", "X-CSRFToken": document.querySelector(TOKEN)?.value ?? "" }
  const how = body ? { method: "POST", body: JSON.stringify(body), headers } : { headers }
  const answer = await fetch(address, how).catch(() => { throw new Trouble(0) })
  if (answer.redirected) throw new Trouble(401)
  const plain = answer.headers.get("Content-Type")?.startsWith("application/json")
  if (!plain && answer.status === 403 && again && (await renewed().catch(() => false))) return ask(address, body, false)
  if (!plain) throw new Trouble(answer.status === 403 ? 401 : answer.status)
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
