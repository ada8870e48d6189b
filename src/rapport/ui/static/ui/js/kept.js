// Keeps what is being written as a draft on the server. The form names the draft that it shows, so what another window of
// the same person kept since is never overwritten unseen: it is brought here, and its writer decides.

export class Kept {
  #going = null
  #sent = false

  constructor(answer, plain) {
    this.answer = answer
    this.plain = plain
    this.place = answer.parentElement
    this.place.addEventListener("click", ({ target }) => this.#decide(target.closest("[data-elsewhere] button")))
  }

  get form() {
    return this.answer.text.form
  }

  keep() {
    if (this.#sent) return
    const before = this.#going ?? Promise.resolve()
    const mine = before.then(() => this.#send()).finally(() => { if (this.#going === mine) this.#going = null })
    this.#going = mine
  }

  // What is on its way names the draft anew: until that is known, the form would name an old one, so it waits.
  end(event) {
    if (this.#going) {
      event.preventDefault()
      event.stopPropagation()
      this.#going.finally(() => this.form.requestSubmit(event.submitter))
    } else this.#sent = true
  }

  async #send() {
    if (this.place.querySelector("[data-elsewhere]")) return
    const answer = await fetch(this.answer.getAttribute("draft"), { method: "POST", body: this.plain() })
    if (answer.status === 409) this.answer.insertAdjacentHTML("beforebegin", await answer.text())
    else if (answer.ok) this.form.elements.draft.value = answer.headers.get("X-Draft") ?? ""
  }

  #decide(button) {
    if (!button) return
    const box = button.closest("[data-elsewhere]"), { text } = this.answer
    this.form.elements.draft.value = box.dataset.mark
    if ("add" in button.dataset) text.value = [text.value.trimEnd(), box.querySelector("[data-theirs]").textContent].filter(Boolean).join("\n\n")
    box.remove()
    text.focus()
    this.keep()
  }
}
