// Keeps what is being written as a draft on the server. The form names the draft that it shows, so what another window of
// the same person kept since is never overwritten unseen: it is brought here, and its writer decides.

export class Kept {
  #going = null

  constructor(answer) {
    this.answer = answer
  }

  get mark() {
    return this.answer.text.form.elements.draft
  }

  get told() {
    return this.answer.parentElement.querySelector("[data-elsewhere]")
  }

  // Resolves when nothing is on its way any more.
  get still() {
    return this.#going
  }

  keep(plain) {
    const before = this.#going ?? Promise.resolve()
    const mine = before.then(() => this.#send(plain)).finally(() => { if (this.#going === mine) this.#going = null })
    this.#going = mine
    return mine
  }

  async #send(plain) {
    if (this.told) return
    const answer = await fetch(this.answer.getAttribute("draft"), { method: "POST", body: plain() })
    if (answer.status === 409) this.answer.insertAdjacentHTML("beforebegin", await answer.text())
    else if (answer.ok) this.mark.value = answer.headers.get("X-Draft") ?? ""
  }

  // Takes a decision about what is told; gives what is to be added to the text.
  decide(button) {
    const box = button.closest("[data-elsewhere]")
    this.mark.value = box.dataset.mark
    const theirs = "add" in button.dataset ? box.querySelector("[data-theirs]").textContent : ""
    box.remove()
    return theirs
  }
}
