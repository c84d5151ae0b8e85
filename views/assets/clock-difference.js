// Compares the clock of this computer with that of Punchline's machine, which comes with every answer, to the second.

const MOST = 60_000
const LOOK_EVERY = 60_000
const place = document.querySelector('[data-clock-difference]')

compare()
setInterval(compare, LOOK_EVERY)

async function compare() {
  const asked = Date.now()
  const response = await fetch('/assets/icon.svg', { method: 'HEAD', cache: 'no-store' }).catch(() => null)
  const there = Date.parse(response?.headers.get('Date') ?? '')
  // One that took long to answer says little.
  if (Number.isNaN(there) || Date.now() - asked > MOST / 2) return
  const ahead = there - Date.now()
  place.hidden = Math.abs(ahead) <= MOST
  const said = place.hidden ? '' : sentence(ahead)
  if (place.textContent !== said) place.textContent = said
}

function sentence(ahead) {
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  const howFar = minutes === 1 ? 'a minute' : `${minutes.toLocaleString('en')} minutes`
  return `The clock of Punchline’s machine is ${howFar} ${ahead > 0 ? 'ahead of' : 'behind'} the one of this computer. Punches are made at the machine’s time: set whichever is wrong.`
}
