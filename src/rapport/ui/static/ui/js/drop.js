// A place to drop files on: they go into the file input, and their names and sizes are listed.

const size = (bytes) => {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"]
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const number = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[step], maximumFractionDigits: 1 })
  return number.format(bytes / 1000 ** step)
}

class Drop extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=file]")
    for (const kind of ["dragenter", "dragover"]) {
      this.addEventListener(kind, (event) => {
        event.preventDefault()
        this.toggleAttribute("data-over", true)
      })
    }
    for (const kind of ["dragleave", "drop"]) this.addEventListener(kind, () => this.toggleAttribute("data-over", false))
    this.addEventListener("drop", (event) => {
      event.preventDefault()
      const files = new DataTransfer()
      for (const file of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) files.items.add(file)
      input.files = files.files
      input.dispatchEvent(new Event("change", { bubbles: true }))
    })
    input.addEventListener("change", () => this.#list(input.files))
  }

  #list(files) {
    const lines = [...files].map((file) => {
      const line = document.createElement("li")
      line.textContent = `${file.name} · ${size(file.size)}`
      return line
    })
    this.querySelector(".drop-files").replaceChildren(...lines)
  }
}

customElements.define("rapport-drop", Drop)
