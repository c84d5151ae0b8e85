/** Copies what a button names: with the clipboard's API, or, on plain http where browsers keep that back, by selecting and copying. */

// Without this script the buttons are not shown.
document.documentElement.classList.add('can-copy')

document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  const status = button.parentElement.querySelector('[role="status"]')
  status.textContent = ''
  status.textContent = (await copied(document.getElementById(button.dataset.copy))) ? 'Copied' : 'Press Ctrl-C to copy'
})

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
