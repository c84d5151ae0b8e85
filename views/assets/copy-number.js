/** Copy number: with the clipboard's API, or, on plain http where browsers keep that back, by selecting and copying. */
for (const button of document.querySelectorAll('[data-copy]')) {
  const number = document.getElementById(button.dataset.copy)
  const status = document.getElementById('copied')
  button.hidden = false
  button.addEventListener('click', async () => {
    status.textContent = ''
    status.textContent = (await copied(number)) ? 'Copied' : 'Press Ctrl-C to copy'
  })
}

async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.textContent)
    return true
  } catch {
    // Selected, so that Ctrl-C copies it where this fails too.
    getSelection().selectAllChildren(element)
    return document.execCommand('copy')
  }
}
