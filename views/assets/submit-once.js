/** A form with data-once is sent once: a double tap sends nothing more while the answer is on the way. */
const GIVEN_UP_AFTER = 10_000 // A connection that was lost must not leave a dead button.

document.addEventListener('submit', event => {
  const form = event.target
  if (!form.matches('[data-once]') || event.defaultPrevented) return
  if (form.hasAttribute('data-sent')) return event.preventDefault()
  form.toggleAttribute('data-sent', true)
  setTimeout(release, GIVEN_UP_AFTER, form)
})

// The way back shows a page as it was left.
window.addEventListener('pageshow', event => {
  if (event.persisted) document.querySelectorAll('form[data-sent]').forEach(release)
})

function release(form) {
  form.removeAttribute('data-sent')
}
