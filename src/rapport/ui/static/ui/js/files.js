// Adds files to those that a field holds already: a field by itself only ever replaces them.
export function addFiles(input, given) {
  const all = new DataTransfer()
  for (const file of [...input.files, ...given]) all.items.add(file)
  input.files = all.files
  input.dispatchEvent(new Event("change", { bubbles: true }))
}
