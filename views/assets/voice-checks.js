/** Listening to voice checks by keys. They can be turned off, for those whose voice or reader would press them by chance. */
const OFF = 'voice-check-keys-off'
const PLAY = 'voice-check-play'
const keys = document.querySelector('[data-keys]')
const list = document.querySelector('[data-checks]')
const checks = [...document.querySelectorAll('[data-check]')]
const sending = new Set()
let anyFailed = false

const audioOf = check => check?.querySelector('audio')
const current = () => document.querySelector('[data-check][aria-current]') ?? (list ? null : checks[0])

if (keys) {
  const isOn = keys.querySelector('[data-keys-on]')
  keys.hidden = false
  isOn.checked = remembered(localStorage, OFF) === null
  isOn.addEventListener('change', () => remember(localStorage, OFF, isOn.checked ? null : 'off'))
  document.addEventListener('keydown', event => {
    if (!isOn.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
    const act = actionOf(event)
    if (!act) return
    event.preventDefault()
    if (!event.repeat || act === forward || act === back) act()
  })
  if (remembered(sessionStorage, PLAY) !== null) {
    remember(sessionStorage, PLAY, null)
    play(checks[0])
  }
}

// One voice at a time.
document.addEventListener(
  'play',
  event => {
    for (const other of document.querySelectorAll('audio')) if (other !== event.target) other.pause()
  },
  true,
)

function actionOf({ key, target, shiftKey }) {
  if (target.matches('input:not([type=checkbox]), select, textarea, [contenteditable]')) return null
  // What has the focus keeps the keys that it is worked with.
  const isControl = target.matches('audio, a, button, summary, input')
  switch (key.toLowerCase()) {
    case 'j':
      return forward
    case 'k':
      return back
    case 'arrowdown':
      return target.matches('audio') || shiftKey ? null : forward
    case 'arrowup':
      return target.matches('audio') || shiftKey ? null : back
    case 'p':
      return playOrPause
    case ' ':
      return isControl ? null : playOrPause
    case 'h':
      return () => mark('heard')
    case 'd':
      return () => mark('doubtful')
    default:
      return null
  }
}

function forward() {
  go(1)
}

function back() {
  go(-1)
}

/** In the list to the row before or after; on one check's page to the neighbour's page. */
function go(step) {
  if (!list) return document.querySelector(`.pages a[rel=${step > 0 ? 'next' : 'prev'}]`)?.click()
  const at = checks.indexOf(current())
  const check = at < 0 ? checks[0] : checks[at + step]
  if (check) select(check)
  else say(step > 0 ? 'This is the last one on this page.' : 'This is the first one on this page.')
}

function select(check) {
  const before = current()
  if (before && before !== check) {
    before.removeAttribute('aria-current')
    audioOf(before)?.pause()
  }
  check.setAttribute('aria-current', 'true')
  check.focus({ preventScroll: true })
  check.scrollIntoView({ block: 'nearest' })
}

function playOrPause() {
  if (!current()) go(1)
  const audio = audioOf(current())
  if (!audio) return say('There is nothing to play.')
  if (audio.paused) play(current())
  else audio.pause()
}

function play(check) {
  const audio = audioOf(check)
  // A browser may refuse to play before anything was pressed on the page.
  if (audio) audio.play().catch(() => {})
}

/** Marks the check, and goes on to the next one, which plays. */
function mark(verdict) {
  const check = current()
  if (!check) return go(1)
  const button = check.querySelector(`.verdict button[value=${verdict}]`)
  if (!button) return say(`It is marked ${verdict} already.`)
  if (!list) {
    remember(sessionStorage, PLAY, 'play')
    return button.form.requestSubmit(button)
  }
  const next = checks[checks.indexOf(check) + 1]
  const sent = send(check, button, verdict)
  sending.add(sent)
  sent.finally(() => sending.delete(sent))
  if (next) {
    select(next)
    play(next)
  } else {
    audioOf(check)?.pause()
    finish(sent)
  }
}

async function send(check, button, verdict) {
  const { form } = button
  show(check, verdict)
  const answer = await fetch(form.action, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams(new FormData(form, button)),
  }).catch(() => null)
  const result = answer?.ok ? await answer.json().catch(() => null) : null
  if (!result) {
    anyFailed = true
    show(check, 'not saved')
    return say('The verdict was not saved. Load the page again.')
  }
  form.elements.seen.value = verdict
  for (const each of form.querySelectorAll('button')) each.hidden = each.value === verdict
  if (result.wasOverruled) show(check, result.sentence)
  say(result.sentence)
}

/** After the last one of the page the queue goes on, unless something needs to be seen. */
async function finish(sent) {
  await Promise.all([...sending, sent])
  if (list.dataset.checks === 'waiting' && !anyFailed) location.assign('/voice-checks')
}

function show(check, text) {
  let shown = check.querySelector('[data-verdict]')
  if (!shown) {
    shown = document.createElement('span')
    shown.dataset.verdict = ''
    check.querySelector('.marks').append(shown)
  }
  shown.textContent = text
  check.toggleAttribute('data-judged', true)
}

function say(sentence) {
  const said = keys.querySelector('[data-said]')
  said.textContent = ''
  said.textContent = sentence
}

/** Some browsers keep no storage for us. */
function remembered(storage, name) {
  try {
    return storage.getItem(name)
  } catch {
    return null
  }
}

function remember(storage, name, value) {
  try {
    if (value === null) storage.removeItem(name)
    else storage.setItem(name, value)
  } catch {}
}
