// Marks of Markdown in a text field, put around or in front of what is chosen; undo of the browser takes them back.

const put = (field, text, from, to) => {
  field.focus()
  field.setSelectionRange(from, to)
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, from, to, "end")
  field.dispatchEvent(new Event("input", { bubbles: true }))
}

export const wrap = (field, mark) => {
  const { selectionStart: from, selectionEnd: to, value } = field
  const inside = value.slice(from, to)
  put(field, `${mark}${inside}${mark}`, from, to)
  field.setSelectionRange(from + mark.length, from + mark.length + inside.length)
}

export const markLines = (field, mark) => {
  const { selectionStart, selectionEnd: to, value } = field
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1
  const lines = value.slice(from, to).split("\n")
  const marked = lines.map((line, place) => (mark === "1. " ? `${place + 1}. ${line}` : mark + line)).join("\n")
  const apart = from > 0 && value[from - 2] !== "\n" ? "\n" : ""
  put(field, apart + marked, from, to)
}

export const link = (field) => {
  const { selectionStart: from, selectionEnd: to, value } = field
  const said = value.slice(from, to)
  put(field, `[${said}](https://)`, from, to)
  const end = from + said.length + 11
  field.setSelectionRange(said ? end : from + 1, said ? end : from + 1)
}

// Begins a last line of answers that the reader may choose from with a click: [these] [ones].
export const offer = (field) => {
  const { value } = field
  const begun = /\n(\[[^[\]\n]*\] *)+$/.test(value)
  const text = begun ? `${value.endsWith(" ") ? "" : " "}[]` : `${value && !value.endsWith("\n") ? "\n" : ""}[]`
  put(field, text, value.length, value.length)
  field.setSelectionRange(field.value.length - 1, field.value.length - 1)
}
