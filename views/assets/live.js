// Keeps a part of the page current: it comes again whenever it has changed, and only what differs is touched, so that
// nothing flickers, and focus, selection and scroll stay.

const part = document.querySelector('[data-live]')
const status = document.querySelector('[data-live-status]')
const RETRY_AFTER = 3000
const STILL = matchMedia('(prefers-reduced-motion: reduce)')

let stream = null
let retry = 0

open()
// Browsers have few connections for one server: tabs that nobody looks at give theirs back.
document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()))
window.addEventListener('pagehide', close)
window.addEventListener('pageshow', open)

function open() {
  if (stream || document.hidden) return
  clearTimeout(retry)
  stream = new EventSource(part.dataset.live)
  stream.onmessage = event => {
    show(event.data)
    say('Live')
  }
  stream.addEventListener('signed-out', () => {
    close()
    say('Not live: you are signed out. ', 'Sign in')
  })
  stream.onerror = () => {
    say('Not live, reconnecting')
    // By itself it connects again only where the server was not reached.
    if (stream.readyState !== EventSource.CLOSED) return
    close()
    retry = setTimeout(open, RETRY_AFTER)
  }
}

function close() {
  clearTimeout(retry)
  stream?.close()
  stream = null
}

function say(text, link) {
  status.parentElement.classList.toggle('is-live', text === 'Live')
  if (status.dataset.said === text) return
  status.dataset.said = text
  status.textContent = text
  if (!link) return
  const signIn = document.createElement('a')
  signIn.href = '/sign-in'
  signIn.textContent = link
  status.append(signIn)
}

function show(html) {
  const fresh = document.createElement('template')
  fresh.innerHTML = html
  const focused = document.activeElement
  patchChildren(part, fresh.content)
  if (focused !== document.activeElement && part.contains(focused)) focused.focus({ preventScroll: true })
}

function patch(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data
    return
  }
  if (old.isEqualNode(fresh)) return
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name)
  // A player that plays goes on.
  if (old.localName !== 'audio') patchChildren(old, fresh)
}

/** Makes the children of `old` those of `fresh`: the same keys are the same nodes, others go by their place. */
function patchChildren(old, fresh) {
  const wanted = children(fresh)
  const keys = new Set(wanted.map(keyOf).filter(Boolean))
  const keyed = new Map()
  for (const child of children(old)) {
    const key = keyOf(child)
    if (key && !keys.has(key)) child.remove()
    else if (key) keyed.set(key, child)
  }
  let at = old.firstChild
  for (const child of wanted) {
    const key = keyOf(child)
    const match = key ? keyed.get(key) : at && !keyOf(at) && isAlike(at, child) ? at : null
    if (match) {
      if (match === at) at = at.nextSibling
      else old.insertBefore(match, at)
      patch(match, child)
    } else {
      old.insertBefore(child, at)
      if (key) mark(child)
    }
  }
  while (at) {
    const next = at.nextSibling
    at.remove()
    at = next
  }
}

/** Without the white space between elements that have keys, which has no key itself. */
function children(parent) {
  const all = [...parent.childNodes]
  if (!all.some(keyOf)) return all
  for (const child of all) if (child.nodeType === Node.TEXT_NODE && child.data.trim() === '') child.remove()
  return [...parent.childNodes]
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute('data-key') : null
}

function isAlike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName
}

/** Shows for a moment that a row is new. */
function mark(row) {
  if (STILL.matches) return
  row.classList.add('is-new')
  row.addEventListener('animationend', () => row.classList.remove('is-new'), { once: true })
}
